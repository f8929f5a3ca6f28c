import { sectionsOfRuler } from "../../counts/outcome-ruler.ts";
import type { OutcomeRuler } from "../../counts/outcome-ruler.ts";
import type { SummaryKindName } from "../../counts/summary-kinds.ts";
import type { Reference } from "../../reference/reference.ts";
import { confusionMatrix } from "../../statistics/class-shares.ts";
import type { ConfusionMatrix } from "../../statistics/class-shares.ts";
import { pitTable } from "../../statistics/pit.ts";
import type { PitRow } from "../../statistics/pit.ts";
import { reliabilityTable } from "../../statistics/reliability.ts";
import type { ReliabilityRow } from "../../statistics/reliability.ts";
import type { WindowLabels } from "./window-side.ts";

/** What of the window's labels takes more than one number; each absent where there is nothing to tell. */
export interface LabelTables {
  /** By groups of the score; of many classes, of the decision's probability. */
  readonly reliability?: readonly ReliabilityRow[];
  /** Of a model that decides between many classes. */
  readonly confusion?: ConfusionMatrix;
  /** Of a model that answers with a number: its errors by the reference's. */
  readonly pit?: readonly PitRow[];
}

export function labelTables({ outcome }: Reference, labels: WindowLabels | undefined): LabelTables {
  if (labels === undefined) return {};
  const { ruler, counts } = labels;
  if (ruler.kind === "values") {
    const before = outcome && sectionOf(ruler, "residuals", outcome.counts);
    const now = sectionOf(ruler, "residuals", counts);
    const pit = before === undefined || now === undefined ? [] : pitTable(ruler, before, now);
    return pit.length === 0 ? {} : { pit };
  }
  const reliability = reliabilityTable(counts);
  const classes = sectionOf(ruler, "classes", counts);
  return {
    ...(reliability.length === 0 ? {} : { reliability }),
    ...(ruler.kind === "classes" && classes !== undefined
      ? { confusion: confusionMatrix(classes, ruler.classes) }
      : {}),
  };
}

function sectionOf(
  ruler: OutcomeRuler,
  wanted: SummaryKindName,
  counts: Float64Array,
): Float64Array | undefined {
  let offset = 0;
  for (const { kind, length } of sectionsOfRuler(ruler)) {
    if (kind === wanted) return counts.subarray(offset, offset + length);
    offset += length;
  }
  return undefined;
}
