import { expect, it } from "vitest";
import { decoderOf, NOW, planOf, columnOf, recordsOf, streamOf } from "../event/records-of.ts";

it("takes a label at the time of its record where the stream's map places no time", () => {
  const plan = planOf([columnOf({ name: "truth", role: "truth" })], { needsId: true });
  const map = { id: { pointer: "/txn" }, truth: { pointer: "/fraud" } };
  const labels = decoderOf([plan], streamOf({ role: "labels", format: "json", map }));
  const [batch] = labels.decode(recordsOf([{ txn: "a", fraud: true }]), { now: NOW }).batches;
  expect([batch.reason[0], batch.time[0]]).toEqual([0, NOW]);
  // Where a time is placed, its lack is a fault.
  const timed = decoderOf(
    [plan],
    streamOf({ role: "labels", format: "json", map: { ...map, time: { pointer: "/at" } } }),
  );
  expect(timed.decode(recordsOf([{ txn: "a", fraud: true }]), { now: NOW }).batches[0].reason[0]).toBe(1);
});
