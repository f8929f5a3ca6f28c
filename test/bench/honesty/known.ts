import { percent, short } from "./markdown.ts";
import { levelText } from "./mutations.ts";
import { LEVELS, MOST_ERROR, type DrawnCell } from "./rounds.ts";

/** What the references are that the cells are of. */
type Word = "promised" | "long";

/** How many of these cells are known as well as SIGNIFICANCE 8 asks, and the others by name. */
export function summarizeKnown<Cell extends DrawnCell>(
  cells: readonly Cell[],
  {
    most,
    nameOf,
    word,
  }: { readonly most: number; readonly nameOf: (cell: Cell) => string; readonly word: Word },
): string {
  const judged = cells.filter(({ verdict }) => verdict !== "silent");
  const unknown = judged.filter(({ isKnown }) => !isKnown);
  const place = LEVELS.indexOf(1e-3);
  const count = `${judged.length - unknown.length} of the ${judged.length} cells that were judged`;
  const lines = unknown.map((cell) => {
    const promised = Math.round(cell.share * cell.references);
    return `- ${nameOf(cell)}: ${ratioText(cell.ratios[place])}, of ${cell.references.toLocaleString("en")} references ${promised.toLocaleString("en")} ${word}`;
  });
  const text = `References were drawn until the standard error at 1e-3 was at most ${MOST_ERROR}, ${most.toLocaleString("en")} at most. It is in
**${count}**${lines.length === 0 ? "." : "; the others, at 1e-3:"}`;
  return lines.length === 0 ? text : `${text}\n\n${lines.join("\n")}`;
}

/** With what it is over all references: the others count as windows without an alarm. */
export function describeLoud({ references, share, ratios }: DrawnCell, word: Word): string {
  const found = ratios.map((ratio, i) => `${ratioText(ratio)} at ${levelText(LEVELS[i])}`).join(", ");
  const all = ratios.map(({ ratio, error }) => ratioText({ ratio: ratio * share, error: error * share }));
  return `where ${percent(share, 1)} of ${references.toLocaleString("en")} references are ${word}: ${found}; over all references, ${word} or not, ${all.join(", ")}`;
}

export function ratioText({ ratio, error }: DrawnCell["ratios"][number]): string {
  return `${short(ratio)} ± ${short(error)}`;
}
