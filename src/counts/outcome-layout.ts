import { createHash } from "node:crypto";
import { DELAYS } from "./label-delays.ts";
import type { Layout, Section } from "./layout.ts";
import { sectionsOfRuler } from "./outcome-ruler.ts";
import type { OutcomeRuler } from "./outcome-ruler.ts";
import { SUMMARY_KINDS } from "./summary-kinds.ts";

/**
 * The vector of one cohort: the sections of the ruler, one behind the other, and the delays of the labels. Its id, 16 hex digits, names all that decides
 * the meaning of the integers: kinds and their versions, the cohort's length (ms), and the ruler itself.
 */
export function buildOutcomeLayout(options: { cohort: number; ruler: OutcomeRuler }): Layout {
  const { cohort, ruler } = options;
  const sections: Section[] = [];
  let stride = 0;
  const delays = { kind: "delays", length: DELAYS.length } as const;
  for (const { kind, length } of [...sectionsOfRuler(ruler), delays]) {
    sections.push({ kind, column: "", offset: stride, length });
    stride += length;
  }
  const kinds = sections.map(({ kind }) => [kind, SUMMARY_KINDS[kind].version]);
  // Decimal text names a double exactly, on any machine.
  const hash = createHash("sha256").update(JSON.stringify({ kinds, cohort, ...termsOf(ruler) }));
  return { id: hash.digest("hex").slice(0, 16), sections, stride };
}

function termsOf(ruler: OutcomeRuler): Record<string, unknown> {
  if (ruler.kind === "binary") return { edges: [...ruler.edges] };
  if (ruler.kind === "classes") return { edges: [...ruler.edges], classes: ruler.classes };
  const { step, residuals } = ruler;
  if (residuals === undefined) return { step };
  return { step, edges: [...residuals.edges], low: residuals.low, high: residuals.high };
}
