/** A line of JSON for programs. It has no number for the degrees of freedom of independent rows: "Infinity" stands for it. */
export function jsonLine(content: unknown): string {
  return `${JSON.stringify(content, infinityAsText)}\n`;
}

function infinityAsText(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? "Infinity" : value;
}
