import { createHash } from "node:crypto";
import type { Layout } from "./layout.ts";
import { SUMMARY_KINDS } from "./summary-kinds.ts";

/**
 * The vector of one cohort: a single section of the `outcomes` kind. Its id names all that decides the meaning of the
 * integers: the kind's version, the cohort's length (ms) and the edges of the score's bands.
 */
export function buildOutcomeLayout(options: { cohort: number; edges: Float64Array }): Layout {
  const { cohort, edges } = options;
  const { name, version, length } = SUMMARY_KINDS.outcomes;
  const stride = length(edges);
  // Decimal text names a double exactly, on any machine.
  const hash = createHash("sha256").update(JSON.stringify({ cohort, edges: [...edges] }));
  return {
    id: `${name}-${version}-${hash.digest("hex").slice(0, 16)}`,
    sections: [{ kind: name, column: "", offset: 0, length: stride }],
    stride,
  };
}
