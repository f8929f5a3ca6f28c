import type { ColumnPlan } from "../../src/event/batch.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import { createHalf, fillHalf } from "../../src/event/half.ts";
import { publicKeys } from "../../src/event/ids.ts";
import { createTarget, reserveRows } from "../../src/event/target.ts";
import type { TensorBody } from "../../src/event/tensor-body.ts";
import { cellsOf, planOf, streamOf } from "./records-of.ts";

type Cells = (number | string | undefined)[];

/** The cells of a body's rows, in a half of these columns. */
export function fill(
  columns: readonly ColumnPlan[],
  body: TensorBody,
  given: Partial<StreamConfig> = {},
): Cells[] {
  const half = body.kind === "request" ? "input" : "output";
  const stream = streamOf({ format: "kserve", ...given });
  const target = createTarget(planOf(columns, { needsId: true, half }), stream.map, publicKeys().pii);
  const compiled = createHalf(target, 0, stream);
  reserveRows(target, body.rows);
  fillHalf(compiled, target, body);
  target.batch.rows = body.rows;
  return Array.from({ length: body.rows }, (_, row) => cellsOf(target.batch, row));
}
