import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadProject } from "../../src/commands/load.ts";
import { ReferenceBuilder } from "../../src/reference/builder.ts";
import { writeReference } from "../../src/reference/reference-file.ts";
import { REFERENCE_DEFAULTS } from "../../src/reference/options.ts";
import { createDecoder } from "../../src/event/decoder.ts";
import { publicKeys } from "../../src/event/ids.ts";
import type { EventPlan } from "../../src/event/batch.ts";
import { completeStream } from "../../src/config/streams-section.ts";
import { recordsOf } from "../event/records-of.ts";

const HOUR = 3_600_000;
const PLAN: EventPlan = {
  model: "fraud",
  needsId: false,
  columns: [{ name: "amount", type: "number", role: "feature", pii: false, categories: [] }],
};

test("a version's reference must stand on the default one's grid, since all are counted on it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "driftd-references-"));
  await writeFile(join(directory, "v7.arrow"), buildReference(1));
  await writeFile(join(directory, "v8.arrow"), buildReference(2));
  const rules = `version: 1
model: fraud
references: { default: { file: v7.arrow }, v7: { file: v7.arrow }, v8: { file: v8.arrow } }
rules:
  - { alert: Drift, measure: psi, columns: ["*"] }
`;
  await writeFile(join(directory, "fraud.yaml"), rules);
  const project = await loadProject({
    configFile: "driftd.yaml",
    paths: ["fraud.yaml"],
    io: { env: {}, cwd: directory },
  });
  const errors = project.faults.filter(({ level }) => level === "error");
  expect(errors.map(({ line, message }) => ({ line, message }))).toEqual([
    {
      line: 3,
      message:
        "cannot stand beside the default reference: amount is counted on other bins in it; build it with driftd reference build SOURCE --grid and the default's file",
    },
  ]);
});

function buildReference(scale: number): Uint8Array {
  const stream = completeStream(
    "fraud",
    { role: "inference", topic: "fraud", format: "native" },
    (path) => path,
  );
  const decoder = createDecoder({
    stream,
    plans: [PLAN],
    key: publicKeys(),
    limits: { maxRecordBytes: 1_000_000 },
  });
  const builder = new ReferenceBuilder({
    plan: PLAN,
    segmentBy: [],
    top: REFERENCE_DEFAULTS.top,
    windowSizes: [HOUR],
    independent: false,
  });
  const lines = Array.from({ length: 2_000 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
    return JSON.stringify({
      id: `${i}`,
      time,
      model: "fraud",
      features: { amount: ((i * 37) % 101) * scale },
    });
  });
  const decode = () => decoder.decode(recordsOf(lines), { now: Date.UTC(2026, 5, 1) }).batches[0];
  builder.observe(decode());
  builder.count(decode());
  return writeReference(builder.finish());
}
