/** Prints rows of text and numbers under a title, columns aligned; the first row names the columns. */
export function printTable(title, rows) {
  const text = rows.map((row) => row.map(show));
  const widths = text[0].map((_, column) => Math.max(...text.map((row) => row[column].length)));
  const lines = text.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join("  "),
  );
  process.stdout.write(`\n${title}\n${lines.map((line) => `  ${line}\n`).join("")}`);
}

function show(cell) {
  if (typeof cell !== "number") return cell;
  return cell >= 100 ? cell.toFixed(0) : cell.toPrecision(3);
}

export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
