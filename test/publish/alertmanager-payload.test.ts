import { expect, test } from "vitest";
import { toPostable } from "../../src/publish/alertmanager-payload.ts";
import { exampleAlert, resolved } from "./alerts.ts";

const tick = { now: Date.UTC(2026, 0, 15, 14, 20) };
const RESEND = 60_000;

test("a firing alert is this payload", async () => {
  const payload = [toPostable(exampleAlert(), tick, RESEND)];
  await expect(`${JSON.stringify(payload, null, 2)}\n`).toMatchFileSnapshot("../golden/alertmanager.json");
});

test("a firing alert is a lease of four intervals of the wall clock", () => {
  expect(toPostable(exampleAlert(), tick, RESEND).endsAt).toBe("2026-01-15T14:24:00.000Z");
});

test("a resolved alert ends when its event time says, and keeps its labels", () => {
  const later = { now: Date.UTC(2026, 0, 15, 15, 2) };
  const payload = toPostable(resolved(exampleAlert()), later, RESEND);
  expect(payload.endsAt).toBe("2026-01-15T15:00:00.000Z");
  expect(payload.labels).toEqual(toPostable(exampleAlert(), tick, RESEND).labels);
});

test("an end that event time puts ahead of the wall clock is now, and never before the start", () => {
  const early = { now: Date.UTC(2026, 0, 15, 14, 0) };
  const payload = toPostable(resolved(exampleAlert()), early, RESEND);
  expect(payload.endsAt).toBe("2026-01-15T14:00:00.000Z");
  expect(payload.startsAt).toBe("2026-01-15T14:00:00.000Z");
});

test("labels never carry what changes while the alert lasts", () => {
  const calm = exampleAlert({
    score: { status: "ok", value: 0.1, n: 7 },
    threshold: 0.5,
    explanation: "else",
  });
  expect(toPostable(calm, tick, RESEND).labels).toEqual(toPostable(exampleAlert(), tick, RESEND).labels);
});

test("a rule's labels cannot change which series it is, and what is absent has no label", () => {
  const { version, segment, column, ...rest } = exampleAlert({
    labels: { model: "other", alertname: "other", severity: "page", empty: "" },
  });
  expect([version, segment, column]).not.toContain(undefined);
  expect(toPostable(rest, tick, RESEND).labels).toEqual({
    alertname: "FeatureDrift",
    model: "fraud",
    severity: "ticket",
  });
});

test("a rule's annotations win over the ones made for it, and a value that is not there is left out", () => {
  const { annotations } = toPostable(
    exampleAlert({
      annotations: { summary: "call Ana" },
      score: { status: "no-data", n: 0, value: Number.NaN },
    }),
    tick,
    RESEND,
  );
  expect(annotations["summary"]).toBe("call Ana");
  expect(annotations).not.toHaveProperty("value");
});
