import { expect, it } from "vitest";
import type { Places } from "../../src/verdict/circumstances.ts";
import { describeCircumstances } from "../../src/verdict/circumstances-text.ts";

function places(...names: string[]): Places {
  return { count: names.length, names };
}

const regions = (...names: string[]): Places => places(...names.map((name) => `region=${name}`));

it("says since when, and where else", () => {
  const began = "2026-01-05T01:30:00.000Z";
  expect(
    describeCircumstances(
      {
        began,
        segments: { moved: regions("eu", "uk"), calm: regions("us") },
        versions: { moved: places("v8"), calm: places() },
      },
      undefined,
    ),
  ).toBe("It began 2026-01-05 01:30 UTC. Seen in eu and uk; not in us. Version v8 too.");
  expect(describeCircumstances({}, undefined)).toBe("");
});

it("counts what is too much to name", () => {
  const many = Array.from({ length: 20 }, (_, i) => `region=r${i}`);
  const segments = { moved: { count: 300, names: many }, calm: places() };
  expect(describeCircumstances({ segments }, undefined)).toBe("Seen in r0, r1, r2 and 297 more.");
});

it("speaks of others where the alert is one segment's own", () => {
  const segments = { moved: places(), calm: regions("eu", "us") };
  expect(describeCircumstances({ segments }, "region=uk")).toBe("In none of 2 other segments by itself.");
  const one = { moved: places(), calm: regions("us") };
  expect(describeCircumstances({ segments: one }, "region=uk")).toBe("Not in us by itself.");
  expect(describeCircumstances({ segments: { ...segments, moved: regions("fr") } }, "region=uk")).toBe(
    "Seen in others too: fr; not in eu and us.",
  );
  expect(describeCircumstances({ versions: { moved: places(), calm: places("v1") } }, "region=uk")).toBe(
    "Not version v1.",
  );
});
