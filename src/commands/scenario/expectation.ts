import { formatDuration } from "../../config/quantity.ts";
import { isSelected, nameOf } from "./firing.ts";
import type { Firing } from "./firing.ts";
import type { Expectation, Story } from "./scenario.ts";

/** What was expected and did not come, in a sentence without its subject. */
export interface Problem {
  readonly expectation: Expectation;
  readonly kind: "fired" | "silent" | "late" | "early" | "lasting";
  readonly text: string;
  /** When it fired, where it did so too late or too early, ms since the epoch. */
  readonly at?: number;
}

/** When things happen in a scenario, ms since the epoch. */
export interface Occasion {
  readonly start: number;
  readonly end: number;
  /** The first change; the start where there is none. */
  readonly change: number;
  /** The end of the last change that ends; the first change where none does. */
  readonly calm: number;
}

/** `start` and `end` are those of the records, where a story is recorded. */
export function occasionOf(
  story: Story,
  recorded?: { readonly start: number; readonly end: number },
): Occasion {
  if (story.kind === "replay") {
    const { start, end } = recorded ?? { start: 0, end: 0 };
    return { start, end, change: start, calm: start };
  }
  const { start, lasts } = story;
  const changes = story.kind === "synthetic" ? story.changes : [];
  const change =
    start + Math.min(...changes.map(({ at }) => at), changes.length === 0 ? 0 : Number.POSITIVE_INFINITY);
  const ends = changes.map(({ until }) => start + until).filter(Number.isFinite);
  return { start, end: start + lasts, change, calm: ends.length === 0 ? change : Math.max(...ends) };
}

/** What of the expectations did not come true. */
export function findProblems(
  expectations: readonly Expectation[],
  firings: readonly Firing[],
  occasion: Occasion,
): Problem[] {
  return expectations.flatMap((expectation) => {
    const meant = firings.filter((firing) => isMeant(firing, expectation));
    const base = expectation.after === undefined ? occasion.change : occasion.start + expectation.after;
    if (expectation.never) return judgeNever(expectation, meant, base);
    return [
      ...(expectation.firing === undefined ? [] : judgeFiring(expectation, meant, base)),
      ...(expectation.resolved === undefined ? [] : judgeResolved(expectation, meant, occasion)),
    ];
  });
}

export function isMeant(firing: Firing, { alert, except, ...selector }: Expectation): boolean {
  if (alert !== "*" && alert !== firing.alert) return false;
  const isExcepted = except.some(
    (one) => (one.alert === "*" || one.alert === firing.alert) && isSelected(firing, one),
  );
  return isSelected(firing, selector) && !isExcepted;
}

/** As many of the alerts that should not fire are named. */
const MOST_NAMED = 5;

function judgeNever(expectation: Expectation, fired: readonly Firing[], base: number): Problem[] {
  if (fired.length === 0) return [];
  const named = fired
    .slice(0, MOST_NAMED)
    .map((firing) => `${nameOf(firing)} fired ${distance(firing.from - base)} (${firing.told})`);
  const more = fired.length > MOST_NAMED ? ` and ${fired.length - MOST_NAMED} more` : "";
  return [{ expectation, kind: "fired", text: `expected never, but ${named.join("; ")}${more}` }];
}

function judgeFiring(expectation: Expectation, fired: readonly Firing[], base: number): Problem[] {
  const { within = Number.POSITIVE_INFINITY, notBefore = 0 } = expectation.firing ?? {};
  const wanted = Number.isFinite(within) ? ` within ${formatDuration(within)}` : "";
  if (fired.length === 0) return [{ expectation, kind: "silent", text: `expected${wanted}, never fired` }];
  const first = fired.reduce((before, firing) => (firing.from < before.from ? firing : before));
  const after = first.from - base;
  const told = `fired ${distance(after)} (${first.told})`;
  if (after < notBefore) {
    const earliest = notBefore === 0 ? "after the change" : `not before ${formatDuration(notBefore)}`;
    return [{ expectation, kind: "early", text: `expected ${earliest}, ${told}`, at: first.from }];
  }
  return after <= within
    ? []
    : [{ expectation, kind: "late", text: `expected${wanted}, ${told}`, at: first.from }];
}

function judgeResolved(
  expectation: Expectation,
  fired: readonly Firing[],
  { calm, end }: Occasion,
): Problem[] {
  const { within = Number.POSITIVE_INFINITY } = expectation.resolved ?? {};
  const wanted = Number.isFinite(within) ? ` within ${formatDuration(within)}` : "";
  if (fired.length === 0) {
    // Where it was to fire too, that has been said.
    if (expectation.firing !== undefined) return [];
    return [{ expectation, kind: "silent", text: `expected to resolve${wanted}, never fired` }];
  }
  const open = fired.find(({ to }) => Number.isNaN(to));
  if (open !== undefined) {
    const since = formatDuration(Math.max(0, end - calm));
    return [
      {
        expectation,
        kind: "lasting",
        text: `expected to resolve${wanted}, still fires ${since} after the change ended`,
      },
    ];
  }
  const last = Math.max(...fired.map(({ to }) => to)) - calm;
  if (last <= within) return [];
  return [
    {
      expectation,
      kind: "lasting",
      text: `expected to resolve${wanted}, resolved after ${formatDuration(last)}`,
    },
  ];
}

function distance(after: number): string {
  return after < 0 ? `${formatDuration(-after)} before the change` : `after ${formatDuration(after)}`;
}
