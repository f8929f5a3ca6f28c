import type { Alert, AlertJudgement, AlertJudgements, Transition } from "./alert.ts";

/** What a person may say of an alert: it is being looked at, or there was nothing to find. One does not exclude the other. */
export type AlertJudgementName = keyof AlertJudgements;

/** How often one alert of a model fired, and what people said of it. */
export interface AlertTally {
  fired: number;
  /** Of those, what the budget covers: the score had the trust `promised` (SIGNIFICANCE 1). */
  promised: number;
  acknowledged: number;
  false: number;
  /** Of those, what the budget covers. */
  falsePromised: number;
}

/** Ended alerts that can still be judged, of one model: whoever is paged at night says in the morning what it was. */
export const MOST_ENDED = 100;

interface HistoryRecord {
  readonly format: 1;
  readonly since: number | null;
  readonly ended: readonly Alert[];
  readonly judgements: readonly [string, AlertJudgements][];
  readonly tallies: readonly [string, AlertTally][];
}

/** What became of the alerts of one model, and of what people said of them. Plain counts: nothing is decided by it. */
export class AlertHistory {
  /** Event time since when alerts are counted, ms; NaN before the first pane has closed. */
  since = Number.NaN;
  /** By alert. */
  readonly tallies = new Map<string, AlertTally>();
  private ended: Alert[] = [];
  private readonly judgements = new Map<string, AlertJudgements>();

  /** Counts what has changed. */
  note(transitions: readonly Transition[]): void {
    for (const { alert } of transitions) {
      if (alert.state === "firing") {
        const tally = this.tallyOf(alert.alert);
        tally.fired += 1;
        if (isPromised(alert)) tally.promised += 1;
      } else this.ended.push(alert);
    }
    for (const { id } of this.ended.splice(0, this.ended.length - MOST_ENDED)) this.judgements.delete(id);
  }

  /** The alert with what people said of it. */
  withJudgements(alert: Alert): Alert {
    const judgements = this.judgements.get(alert.id);
    return judgements === undefined ? alert : { ...alert, judgements };
  }

  /** Those that ended last, the oldest first. */
  lately(): readonly Alert[] {
    return this.ended.map((alert) => this.withJudgements(alert));
  }

  /** Keeps what a person says of an alert of this model, in place of what was said before; it is counted once. */
  judge(alert: Alert, name: AlertJudgementName, judgement: AlertJudgement): Alert {
    const before = this.judgements.get(alert.id) ?? {};
    if (before[name] === undefined) {
      const tally = this.tallyOf(alert.alert);
      tally[name] += 1;
      if (name === "false" && isPromised(alert)) tally.falsePromised += 1;
    }
    this.judgements.set(alert.id, { ...before, [name]: judgement });
    return this.withJudgements(alert);
  }

  export(): Uint8Array {
    const record: HistoryRecord = {
      format: 1,
      since: Number.isNaN(this.since) ? null : this.since,
      ended: this.ended,
      judgements: [...this.judgements],
      tallies: [...this.tallies],
    };
    return new TextEncoder().encode(JSON.stringify(record));
  }

  /** Takes up what `export` gave, into a history that knows nothing. */
  restore(bytes: Uint8Array): void {
    // Written by export, under the store's checksum.
    const record = JSON.parse(new TextDecoder().decode(bytes)) as HistoryRecord;
    this.since = record.since ?? Number.NaN;
    this.ended = [...record.ended];
    for (const [id, judgements] of record.judgements) this.judgements.set(id, judgements);
    for (const [alert, tally] of record.tallies) this.tallies.set(alert, { ...tally });
  }

  private tallyOf(alert: string): AlertTally {
    const known = this.tallies.get(alert);
    if (known !== undefined) return known;
    const tally = { fired: 0, promised: 0, acknowledged: 0, false: 0, falsePromised: 0 };
    this.tallies.set(alert, tally);
    return tally;
  }
}

function isPromised({ score }: Alert): boolean {
  return score.trust === "promised";
}
