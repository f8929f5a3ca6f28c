import type { ExpectationSection, ReviewExpectationSection } from "../../config/generated/rule-test.ts";
import type { FaultAt } from "../../config/location.ts";
import { durationOf } from "./duration.ts";
import type { Bounds, Expectation, ReviewExpectation, Story } from "./scenario.ts";

/** What is wrong with an expectation, whatever the model; paths start at it. */
export function checkExpectation(
  section: ExpectationSection | ReviewExpectationSection,
  told: readonly Story["kind"][],
): FaultAt[] {
  return "review" in section ? checkReview(section, told) : checkAlert(section);
}

function checkAlert({ alert, firing, resolved, never, except }: ExpectationSection): FaultAt[] {
  const isSaid = firing !== undefined || resolved !== undefined;
  if (isSaid === (never === true)) {
    const message = isSaid
      ? "cannot fire and never fire; keep one of the two"
      : "expects nothing; add firing, resolved or never: true";
    return [{ path: ["alert"], code: isSaid ? "CONFLICT" : "MISSING_KEY", message }];
  }
  if (except !== undefined && alert !== "*") {
    const message = 'takes away from one rule; write alert: "*", or leave it out';
    return [{ path: ["except"], which: "key", code: "CONFLICT", message }];
  }
  if (firing?.within === undefined || firing.notBefore === undefined) return [];
  if (durationOf(firing.within) >= durationOf(firing.notBefore)) return [];
  const message = `is later than within: ${firing.within}; make it shorter`;
  return [{ path: ["firing", "notBefore"], code: "CONFLICT", message }];
}

function checkReview(section: ReviewExpectationSection, told: readonly Story["kind"][]): FaultAt[] {
  const { after, picked, share, never } = section;
  const isSaid = picked !== undefined || share !== undefined;
  if (isSaid === (never === true)) {
    const message = isSaid
      ? "cannot pick and never pick; keep one of the two"
      : "expects nothing; add picked, share or never: true";
    return [{ path: ["review"], code: isSaid ? "CONFLICT" : "MISSING_KEY", message }];
  }
  if (told.includes("steps")) {
    const message = "picks events, of which steps have none; play them as synthetic or replay";
    return [{ path: ["review"], code: "CONFLICT", message }];
  }
  if (told.includes("replay") && share !== undefined && after !== undefined) {
    const message = "cannot be told of a part of recorded files; leave after out, or ask for picked";
    return [{ path: ["share"], which: "key", code: "CONFLICT", message }];
  }
  return [...checkBounds("picked", picked), ...checkBounds("share", share)];
}

function checkBounds(key: "picked" | "share", bounds: Bounds | undefined): FaultAt[] {
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = bounds ?? {};
  if (atLeast <= atMost) return [];
  return [{ path: [key, "atLeast"], code: "CONFLICT", message: `is more than atMost: ${atMost}; swap them` }];
}

export function readExpectation(
  section: ExpectationSection | ReviewExpectationSection,
): Expectation | ReviewExpectation {
  const { after: behind, never = false } = section;
  const common = { never, ...(behind === undefined ? {} : { after: durationOf(behind) }) };
  if ("review" in section) {
    const { after: _after, never: _never, ...asked } = section;
    return { ...asked, ...common };
  }
  const { after: _after, never: _never, firing, resolved, except = [], ...selector } = section;
  return {
    ...selector,
    except,
    ...common,
    ...(firing === undefined ? {} : { firing: mapDurations(firing) }),
    ...(resolved === undefined ? {} : { resolved: mapDurations(resolved) }),
  };
}

function mapDurations<K extends string>(section: Partial<Record<K, string>>): Partial<Record<K, number>> {
  const entries = Object.entries<string | undefined>(section).map(
    ([key, text]) => [key, durationOf(text)] as const,
  );
  // The keys are those that came in.
  return Object.fromEntries(entries) as Partial<Record<K, number>>;
}
