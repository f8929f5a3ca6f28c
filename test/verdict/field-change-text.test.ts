import { expect, it } from "vitest";
import type { Producer } from "../../src/event/producer.ts";
import { describeChanges, describeFields } from "../../src/verdict/field-change-text.ts";
import type { FieldChange } from "../../src/verdict/field-changes.ts";

const AT = "2026-01-05T02:00:00.000Z";

function gone(field: string, producers: readonly Producer[]): FieldChange {
  const seen = { firstSeen: AT, lastSeen: AT, records: 32, sampled: 32, share: 1 };
  return { field, kind: "gone", from: "integer", ...seen, producers };
}

/** What is said of who sent a change. */
function senders(...producers: Producer[]): string | undefined {
  return /02:00 UTC, from (.*)\.$/.exec(describeChanges([gone("amount", producers)]))?.[1];
}

const headers = { producer: "checkout" };

it("a sender to several partitions is named once", () => {
  const partitions = [2, 0, 1].map((partition) => ({ partition, version: "v1", headers }));
  expect(senders(...partitions)).toBe("partitions 0, 1 and 2, version v1, producer checkout");
  expect(senders(...partitions, { partition: 7, version: "v1", headers })).toBe(
    "partitions 0, 1, 2 and others, version v1, producer checkout",
  );
});

it("different senders are told apart", () => {
  expect(senders({ partition: 0, headers }, { partition: 0, headers: { producer: "shop" } })).toBe(
    "partition 0, producer checkout; partition 0, producer shop",
  );
  const versions = ["v1", "v2", "v3", "v4"].map((version) => ({ partition: 0, version }));
  expect(senders(...versions)).toBe(
    "partition 0, version v1; partition 0, version v2; partition 0, version v3 and others",
  );
});

it("records without a version are no other sender than those of the same sender that have one", () => {
  expect(senders({ partition: 0, version: "v1", headers }, { partition: 0, headers })).toBe(
    "partition 0, version v1, producer checkout",
  );
  expect(senders({ partition: 0, version: "v1" }, { partition: 1 }, { partition: 0, headers })).toBe(
    "partition 0, version v1; partition 1; partition 0, producer checkout",
  );
});

it("who sent all of several changes is said once, and of each where it differs", () => {
  const [one, other] = [[{ partition: 0, version: "v1" }], [{ partition: 0, version: "v2" }]];
  const told = (field: string, rest: string): string =>
    `Field ${field} is gone, which was integer, first at 2026-01-05 02:00 UTC${rest}.`;
  expect(describeChanges([gone("a", one), gone("b", one)])).toBe(
    `${told("a", "")} ${told("b", "")} Both from partition 0, version v1.`,
  );
  expect(describeChanges([gone("a", one), gone("b", other)])).toBe(
    `${told("a", ", from partition 0, version v1")} ${told("b", ", from partition 0, version v2")}`,
  );
  // Nobody is known to have sent what is no longer there at all.
  expect(describeChanges([gone("a", []), gone("b", [])])).toBe(`${told("a", "")} ${told("b", "")}`);
  const many = Array.from({ length: 11 }, (_, i) => gone(`f${i}`, one));
  expect(describeChanges(many)).toMatch(/UTC\. And 3 more\. All from partition 0, version v1\.$/);
});

it("fields are named once, however they changed, and of many the first ones", () => {
  const fields = (...names: string[]): readonly FieldChange[] => names.map((name) => gone(name, []));
  const told = "not as expected";
  expect(describeFields(fields("a", "a"), 2)).toBe(`1 field is ${told}: a`);
  expect(describeFields(fields("a", "b", "c", "d"), 4)).toBe(`4 fields are ${told}: a, b, c and d`);
  expect(describeFields(fields("a", "b", "c", "d", "e"), 5)).toBe(`5 fields are ${told}: a, b, c and 2 more`);
  // Which they are is not always at hand.
  expect(describeFields([], 3)).toBe(`3 fields are ${told}`);
  expect(describeFields(fields("a"), 2)).toBe(`2 fields are ${told}`);
});
