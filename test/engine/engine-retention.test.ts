import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { DAY, event, label, MINUTE, modelOf, START, type Sent } from "./fixture.ts";
import { worldOf } from "./world.ts";

const DAYS = 100;
const STEP = 15 * MINUTE;

test("months of events leave a file that does not grow: what is too old for every window is deleted", async () => {
  const fitted = modelOf({
    rules: "  - { alert: Drift, measure: psi, columns: [amount] }",
    head: "window: { size: 2h, pane: 15m, lateness: 2m }\nlabels: { cohort: 1d, matureAfter: 1h, expireAfter: 2d }",
    labels: true,
  });
  const path = mkdtempSync(join(tmpdir(), "driftd-retention-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const store = await openLmdbStore({ path, clock: systemClock });
  const world = await worldOf({ fitted, store, commitRows: 90 });
  const sizes: { day: number; file: number; used: number; open: number }[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const events: Sent[] = [];
    const labels: Sent[] = [];
    for (let time = START + day * DAY; time < START + (day + 1) * DAY; time += STEP) {
      const id = String(time);
      events.push(event({ id, time, amount: (time / STEP) % 100 }));
      labels.push(label(id, (time / STEP) % 2, time + MINUTE));
    }
    await world.feed(events);
    await world.feed(labels, { stream: "l" });
    if (day % 20 !== 19) continue;
    const panes = world.engine.tasks.get("s", 0)?.models.get("m")?.intake.panes.blocks.length ?? 0;
    const file = statSync(join(path, "state.mdb")).size;
    sizes.push({ day, file, used: await store.size(), open: panes });
  }
  expect(world.ledger("s")).toMatchObject({ measured: (DAYS * DAY) / STEP, dropped: { late: 0 } });
  const [first, ...later] = sizes;
  for (const { file, used, open } of later) {
    // Days alone are kept longer, a few hundred bytes each.
    expect(used - (first?.used ?? 0)).toBeLessThan(200_000);
    expect(file).toBeLessThan(1.5 * (first?.file ?? 0));
    expect(open).toBe(first?.open);
  }
  await store.close();
});
