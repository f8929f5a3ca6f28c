import { CodedError } from "../../config/coded-error.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";

/** Of event time, ms since the epoch; absent: from the first event, to the last. */
export interface Span {
  readonly since?: number;
  readonly until?: number;
}

/** Reads --since and --until. @throws CodedError USAGE */
export function readSpan({ since, until }: { readonly since?: string; readonly until?: string }): Span {
  const span = {
    ...(since === undefined ? {} : { since: readTime("--since", since) }),
    ...(until === undefined ? {} : { until: readTime("--until", until) }),
  };
  if (span.since !== undefined && span.until !== undefined && span.until <= span.since) {
    throw new CodedError("USAGE", `--until ${until} is not after --since ${since}.`);
  }
  return span;
}

function readTime(option: string, text: string): number {
  const time = parseMoment(text);
  if (!Number.isNaN(time)) return time;
  const message = `${option} ${text} is no time. Write 2026-03-01 or 2026-03-01T14:00Z; without a zone it is UTC.`;
  throw new CodedError("USAGE", message);
}

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|z|[+-]\d{2}:\d{2})?$/;

/** A time that a person wrote, ms since the epoch; a date is its beginning, without a zone it is UTC. NaN if it is none. */
export function parseMoment(text: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(text);
  const [, date, clock, zone = "Z"] = TIME.exec(text) ?? [];
  return Date.parse(`${date}T${clock}${zone.toUpperCase()}`);
}

/**
 * From when on events must be read so that everything which ends after `since` is judged on whole windows: the longest window with the time
 * that its rule waits, the cohort of labels, and the time that halves may be apart. Ms.
 */
export function readFrom(since: number, models: readonly FittedModel[], joinWithin: number): number {
  const longest = models.flatMap(({ model, counting: { pane, outcomes } }) => [
    ...model.rules.map((rule) => rule.window.size + rule.for + rule.keepFiringFor + pane),
    outcomes?.cohort ?? 0,
  ]);
  return since - Math.max(0, ...longest) - joinWithin;
}
