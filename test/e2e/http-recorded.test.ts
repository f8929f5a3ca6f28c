import { expect, test } from "vitest";
import { readRecording } from "../event/recorded.ts";
import { startDaemon } from "./daemon.ts";
import { writeProject } from "./project.ts";
import { sendRecorded } from "./recorded-sender.ts";

test.each([
  // In the expected decoding: test/event/wire/*.expected.jsonl.
  { recording: "kserve-agent", decoded: 59, undecodable: 8, ignored: 11 },
  { recording: "kserve-agent-mlserver", decoded: 17, undecodable: 1, ignored: 0 },
])(
  "what KServe's agent sent ($recording) is answered 200, and all of it is accounted for",
  async (expected) => {
    const { recording, ...records } = expected;
    const { directory } = await writeProject({
      config: {
        streams: {
          served: { role: "inference", http: true, format: "kserve", map: { model: { value: "scoring" } } },
        },
      },
    });
    const daemon = await startDaemon(directory);
    const url = String((await daemon.said("listening"))["url"]);
    const recorded = readRecording(recording);
    const statuses: number[] = [];
    for (const record of recorded) statuses.push(await sendRecorded(url, record));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const accounting = await daemon.accounted(
      "served",
      ({ records: { received } }) => received >= recorded.length,
    );
    expect(accounting.records).toMatchObject({ received: recorded.length, ...records });
    expect(accounting.rows.balanced).toBe(true);
    expect(accounting.rows.measured).toBeGreaterThan(0);
    // An event that nobody expects changes nothing for those that come after it.
    expect(await daemon.status("/healthz")).toBe(200);
    expect((await daemon.end()).code).toBe(0);
  },
);

test("what ModelMesh's processor makes of gRPC calls is joined by the payloads' id", async () => {
  const { directory } = await writeProject({
    config: {
      streams: {
        served: { role: "inference", http: true, format: "kserve", map: { model: { value: "scoring" } } },
      },
    },
  });
  const daemon = await startDaemon(directory);
  const url = String((await daemon.said("listening"))["url"]);
  const calls = readRecording("oip-grpc").filter((record) => record.transport === "grpc");
  const [asked, answered] = ["request", "response"].map((kind) =>
    calls.find((record) => record.kind === kind),
  );
  for (const [half, kind] of [
    [answered, "response"],
    [asked, "request"],
  ] as const) {
    const payload = { id: "call-1", kind, modelid: "scoring", data: half?.value_b64 };
    const response = await fetch(`${url}/consumer/kserve/v2`, {
      method: "POST",
      body: JSON.stringify(payload),
    });
    expect([response.status, await response.json()]).toEqual([200, { accepted: 1 }]);
  }
  const { rows } = await daemon.accounted("served", ({ rows: { received } }) => received >= 2);
  expect(rows).toMatchObject({ received: 2, measured: 2, waiting: 0, dropped: {} });
});
