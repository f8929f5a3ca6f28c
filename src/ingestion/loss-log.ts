import type { StreamLedger } from "../event/ledger.ts";
import type { DropReason } from "../event/reason.ts";
import type { Log } from "../runtime/log.ts";

/** So many records tell a stream that cannot be read from one that began badly. */
const ENOUGH = 100;
/** Reasons that a wrong map, format or name of a model gives to every row; others depend on what else has come. */
const OWN_REASONS: readonly DropReason[] = ["invalid", "unknown-model", "future"];

/** Says once of a stream that nothing of it can be used: it counts, and raises no alert, since no model has any row of it. */
export class LossLog {
  private readonly log: Log;
  private readonly settled = new Set<string>();

  constructor(log: Log) {
    this.log = log;
  }

  /** To be called when records of the stream have been taken in. */
  look(stream: string, ledger: StreamLedger): void {
    if (this.settled.has(stream)) return;
    const { undecodable, oversize, received, dropped } = ledger;
    const lost = OWN_REASONS.reduce((sum, reason) => sum + dropped[reason], 0);
    if (lost < received) this.settled.add(stream);
    else if (undecodable + oversize + lost >= ENOUGH) {
      this.settled.add(stream);
      const { invalid, "unknown-model": unknownModel, future } = dropped;
      this.log.warn(
        { stream, undecodable, oversize, invalid, "unknown-model": unknownModel, future },
        "not one record of this stream could be used so far. undecodable: it is no JSON object; invalid: no time, id or truth " +
          "where the map says; unknown-model: no rule file has the model's name; future: its time is ahead of the clock",
      );
    }
  }
}
