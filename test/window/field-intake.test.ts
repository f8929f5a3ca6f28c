import { expect, it } from "vitest";
import { expectFields } from "../../src/counts/expected-fields.ts";
import type { FieldSummary } from "../../src/counts/fields.ts";
import { unpackFields } from "../../src/counts/fields-packed.ts";
import { compileDeclared, type DeclaredSchema } from "../../src/event/declared-schema.ts";
import { createDecoder } from "../../src/event/decoder.ts";
import { publicKeys } from "../../src/event/ids.ts";
import { FieldIntake } from "../../src/window/field-intake.ts";
import { batchOf, LIMITS, MINUTE, START, streamsOf } from "../engine/fixture.ts";

const SCHEMA = compileDeclared({ properties: { features: { properties: { amount: { maximum: 10 } } } } });

/** What the first pane holds of `count` events, decoded in runs of `cut`. */
function paneOf(count: number, cut: number, schema?: DeclaredSchema): FieldSummary {
  const [stream] = streamsOf(false);
  const plan = { model: "m", needsId: false, columns: [] };
  const limits = LIMITS;
  const key = publicKeys();
  const decoder = createDecoder({ stream, plans: [plan], key, limits, ...(schema && { schema }) });
  const intake = new FieldIntake({ expected: expectFields(undefined), pane: MINUTE });
  for (let from = 0; from < count; from += cut) {
    const sent = Array.from({ length: Math.min(cut, count - from) }, (_, k) => ({
      timestamp: START,
      value: { id: `e${from + k}`, time: START, model: "m", features: { amount: from + k } },
    }));
    const batch = batchOf({ stream: "s", partition: 2, firstOffset: 100 + from }, sent);
    const decoded = decoder.decode(batch, { now: START });
    intake.count(decoded, 0, new Float64Array(sent.length).fill(START));
  }
  const panes: FieldSummary[] = [];
  intake.forEachChanged((_, packed) => panes.push(unpackFields(packed)));
  return panes[0];
}

it("looks at the first records of a pane, and then at some, however they were cut", () => {
  const whole = paneOf(1_000, 1_000);
  expect([whole.records, whole.sampled]).toEqual([1_000, 16 + 15]);
  expect([...whole.offsets]).toEqual([["s/2", { first: 100, last: 1_099 }]]);
  for (const cut of [1, 7, 64]) expect(paneOf(1_000, cut)).toEqual(whole);
});

it("counts where records break what the stream declares, without any reference", () => {
  if (typeof SCHEMA === "string") throw new Error(SCHEMA);
  const { departures } = paneOf(16, 16, SCHEMA);
  expect([...departures.values()]).toMatchObject([{ field: "amount", kind: "declared maximum", count: 5 }]);
});

it("forgets what is closed, and what was committed is not committed again", () => {
  const intake = new FieldIntake({ expected: expectFields(undefined), pane: MINUTE });
  const changed = (): number => {
    let panes = 0;
    intake.forEachChanged(() => (panes += 1));
    return panes;
  };
  const [stream] = streamsOf(false);
  const plans = [{ model: "m", needsId: false, columns: [] }];
  const decoder = createDecoder({ stream, plans, key: publicKeys(), limits: LIMITS });
  const sent = [{ timestamp: START, value: { id: "e", time: START, model: "m" } }];
  const decoded = decoder.decode(batchOf({ stream: "s", partition: 0, firstOffset: 0 }, sent), {
    now: START,
  });
  intake.count(decoded, 0, Float64Array.of(START));
  expect(changed()).toBe(1);
  intake.settle();
  expect(changed()).toBe(0);
  intake.count(decoded, 0, Float64Array.of(START));
  intake.closeBefore(START + MINUTE);
  expect(changed()).toBe(0);
});
