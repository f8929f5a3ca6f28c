import { formatCount } from "../verdict/quantities.ts";

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

/** Text that data brought, for a terminal: what would break the line, or command the terminal, stands there by its code. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => {
    const known = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[control];
    return known ?? `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Breaks at spaces; every line begins with the indent. A word longer than the line stands on its own. */
export function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const part of text.split(/\s+/).filter((found) => found !== "")) {
    const word = printable(part);
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

/** `1 alert`, `3 alerts`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Columns two spaces apart. Where they do not fit the width, the widest ones become narrower, down to eight characters, and
 * their cells go on below: nothing is cut off.
 * @param rows Cells; a row may name the paint of its lines.
 */
export function renderTable(
  header: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly paint?: Paint | undefined }[],
  style: TextStyle,
): string {
  const shown = rows.map((row) => ({ ...row, cells: row.cells.map(printable) }));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...shown.map((row) => row.cells[column]?.length ?? 0)),
  );
  shrink(widths, style.width - 2 * (widths.length - 1));
  const body = shown.flatMap(({ cells, paint: how }) =>
    rowLines(cells, widths).map((line) => (how ? paint(line, how, style) : line)),
  );
  return [...rowLines(header, widths).map((line) => paint(line, "bold", style)), ...body].join("\n");
}

function rowLines(cells: readonly string[], widths: readonly number[]): string[] {
  const parts = widths.map((width, column) => cellLines(cells[column] ?? "", width));
  const height = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, column) => (parts[column]?.[line] ?? "").padEnd(width))
      .join("  ")
      .trimEnd(),
  );
}

/** A word longer than the cell is broken: a line must not push the columns behind it out of place. */
function cellLines(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  return wrap(text, "", width)
    .split("\n")
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, "g")) ?? [""]);
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
