/** Lines for people: plain text, coloured with ANSI codes only where a terminal wants them. */
export interface TextStyle {
  /** Characters in a line. */
  readonly width: number;
  readonly color: boolean;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
export type Paint = keyof typeof CODES;

export function paint(text: string, how: Paint, style: TextStyle): string {
  return style.color ? `\u001B[${CODES[how]}m${text}\u001B[0m` : text;
}

export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}

/** Breaks at spaces; every line begins with the indent. A word longer than the line stands on its own. */
export function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  if (line !== "") lines.push(indent + line);
  return lines.join("\n");
}

/**
 * Columns two spaces apart. Where they do not fit the width, the widest ones are cut, down to eight characters.
 * @param rows Cells; a row may name the paint of its whole line.
 */
export function renderTable(
  header: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly paint?: Paint | undefined }[],
  style: TextStyle,
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row.cells[column]?.length ?? 0)),
  );
  shrink(widths, style.width - 2 * (widths.length - 1));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => cut(cells[column] ?? "", width).padEnd(width))
      .join("  ")
      .trimEnd();
  const body = rows.map((row) => (row.paint ? paint(line(row.cells), row.paint, style) : line(row.cells)));
  return [paint(line(header), "bold", style), ...body].join("\n");
}

function shrink(widths: number[], room: number): void {
  const least = 8;
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= least) return;
    widths[widths.indexOf(widest)] = widest - 1;
    excess--;
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `20 Feb 15:00`, UTC; ms since the epoch. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const clock = date.toISOString().slice(11, 16);
  return `${String(date.getUTCDate()).padStart(2)} ${MONTHS[date.getUTCMonth()]} ${clock}`;
}

/** `45 min`, `15 h`, `2 d 3 h`; ms. */
export function formatDuration(duration: number): string {
  const minutes = Math.round(duration / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}
