import type { EventPlan } from "../../event/batch.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import { FieldTally } from "../../reference/field-tally.ts";
import type { LabelMaturity } from "../../reference/options.ts";
import type { Reference } from "../../reference/reference.ts";
import { askedOptions } from "../../rules/asked-options.ts";
import type { Model } from "../../rules/model.ts";
import type { CommandIo } from "../io.ts";
import { noRows } from "./build-summary.ts";
import { showProgress, stopIfTold } from "./source.ts";
import type { ReadSource, SourceLedger } from "./source.ts";

/** What a reference is built of, and what is asked of it. */
export interface CountOptions {
  /** As it was named, for messages. */
  readonly file: string;
  readonly read: ReadSource;
  readonly plan: EventPlan;
  /** The model's rule file; without one, what is usual. */
  readonly rules: Model | undefined;
  /** Told by `read` what fields the records have. */
  readonly fields: FieldTally;
  /** privacy.floor. */
  readonly floor?: number;
  /** Of the key under which pii columns are hashed; absent where there are none. */
  readonly keyId?: string;
  /** Counted on its bins. */
  readonly grid?: Reference;
  /** Of labels that came apart from their predictions. */
  readonly labels?: LabelMaturity;
  readonly independent: boolean;
}

/**
 * Reads the rows twice, since what there is decides what is counted, and makes a reference of them.
 * @throws CodedError SOURCE_INVALID where no row can be counted, or no column be measured
 */
export async function countSource(
  options: CountOptions,
  io: CommandIo,
): Promise<{ reference: Reference; ledger: SourceLedger }> {
  const { file, read, plan, rules, fields, floor, keyId, labels, independent, grid } = options;
  const builder = new ReferenceBuilder({
    plan,
    ...(labels && { labels }),
    ...askedOptions(rules, plan),
    ...(grid && { grid, segmentBy: grid.segmentBy }),
    ...(floor === undefined ? {} : { floor }),
    independent,
    fields,
    ...(keyId === undefined ? {} : { keyId }),
  });
  const ledger = await read((batch, rows) => {
    builder.observe(batch);
    showProgress(io, `reading ${rows} rows`);
  });
  if (ledger.sound === 0) throw noRows(file, ledger);
  await stopIfTold(io.signal, file);
  await read((batch, rows) => {
    builder.count(batch);
    showProgress(io, `counting ${rows} rows`);
  });
  showProgress(io, "");
  await stopIfTold(io.signal, file);
  return { reference: builder.finish(), ledger };
}
