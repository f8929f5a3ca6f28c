import { describe, expect, it } from "vitest";
import { viewSchemas } from "../../src/views/schema.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { HOUR, label, modelOf, START, traffic, withFields } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const RULE = "  - { alert: SchemaChanged, measure: schema-drift, keepFiringFor: 5m }";

function changed({ evidence }: Pick<Alert, "evidence">): string[] {
  return (evidence?.fields ?? []).map(({ field, kind, from = "-", to = "-", share }) =>
    [field, kind, from, to, share].join(" "),
  );
}

describe("fields of labels", () => {
  const HEAD = [
    "window: { size: 1h, pane: 1m, lateness: 2m }",
    "labels: { cohort: 1h, matureAfter: 1h, expireAfter: 6h }",
  ];
  const story = { rules: RULE, labels: true, fields: () => ({}), perHour: 12 };
  const labelled = modelOf({ ...story, head: HEAD.join("\n") });

  async function told(
    change: (value: Readonly<Record<string, unknown>>) => object,
    fitted = labelled,
  ): Promise<World> {
    const world = await worldOf({ fitted });
    const events = traffic({ from: 0, to: 4 * HOUR, perMinute: 20 }, (_, i) => ({ id: `e${i}` }));
    for (let at = 0; at < events.length; at += 20) {
      const part = events.slice(at, at + 20);
      await world.feed(part);
      const labels = part.map(({ timestamp }, k) => {
        const { value } = withFields(label(`e${at + k}`, k % 2, timestamp), { by: "desk" });
        const usual = value as Readonly<Record<string, unknown>>;
        const hours = (timestamp - START) / HOUR;
        return { timestamp, value: hours < 2 || hours >= 3 ? usual : change(usual) };
      });
      await world.feed(labels, { stream: "l" });
    }
    await world.end();
    return world;
  }

  it("are as they were", async () => {
    const world = await told((value) => value);
    expect(world.transitions).toEqual([]);
    expect(viewSchemas(world.engine, [labelled])[0].learnt).toMatchObject([{ kind: "l", isComplete: true }]);
  });

  it("tell of a truth that was renamed, though no label says anything any more", async () => {
    const { transitions } = await told(({ truth, ...others }) => ({ ...others, outcome: truth }));
    expect(transitions.map(({ alert: { state } }) => state)).toEqual(["firing", "resolved"]);
    const [{ alert }] = transitions;
    expect(alert.startsAt).toBe("2026-01-05T02:01:00.000Z");
    expect(changed(alert)).toEqual(["l.truth gone integer - 1", "l/outcome new - integer 1"]);
    expect(alert.explanation).toContain(
      "Field l.truth is gone, which was integer, first at 2026-01-05 02:00 UTC",
    );
    expect(alert.explanation).toContain(
      "Field l/outcome is new, integer, in 100% of records, first at 2026-01-05 02:00 UTC, such as e24",
    );
  });

  it("tell of new texts of the truth", async () => {
    const { transitions } = await told((value) => ({ ...value, truth: String(value["truth"]) }));
    expect(changed(transitions[0].alert)).toEqual(["l.truth type integer text (numeric) 1"]);
  });

  it("tell no id where ids are personal data", async () => {
    const fitted = modelOf({ ...story, head: ["id: { pii: true }", ...HEAD].join("\n") });
    const { transitions } = await told(({ truth, ...others }) => ({ ...others, outcome: truth }), fitted);
    expect(changed(transitions[0].alert)).toEqual(["l.truth gone integer - 1", "l/outcome new - integer 1"]);
    expect(transitions[0].alert.explanation).not.toContain("such as");
  });
});
