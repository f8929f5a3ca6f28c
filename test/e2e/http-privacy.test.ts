import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { writeProject } from "./project.ts";

const MARK = "4000-0012-3456-7899";

test("what was sent over HTTP stands in the journal of a daemon that is killed, and nothing of it in the clear", async () => {
  const { directory, state } = await writeProject({
    config: { streams: { scored: { role: "inference", http: true } } },
  });
  const daemon = await startDaemon(directory);
  const url = String((await daemon.said("listening"))["url"]);
  const now = Date.now();
  const events = scoredEvents({ count: 50, from: now - 1_000, to: now }).map((event) => ({
    ...event,
    model: "scoring",
    id: `${MARK}/${event.id}`,
    note: MARK,
    segment: { ...event.segment, [MARK]: MARK },
  }));
  const answer = await fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-caller": MARK },
    body: JSON.stringify(events),
  });
  expect(answer.status).toBe(200);
  await daemon.end("SIGKILL");
  const files = readdirSync(state).filter((name) => name.startsWith("journal-"));
  expect(files).toEqual(["journal-1"]);
  for (const name of readdirSync(state).filter((entry) => !entry.endsWith(".sock"))) {
    const bytes = readFileSync(join(state, name));
    expect([name, bytes.includes(MARK)]).toEqual([name, false]);
  }
  // An entry as large as all of it: the requests are there.
  const [journal = Buffer.alloc(0)] = files.map((name) => readFileSync(join(state, name)));
  expect(journal.length).toBeGreaterThan(JSON.stringify(events).length);

  const again = await startDaemon(directory);
  const { rows } = await again.accounted("scored", ({ rows: { received } }) => received >= events.length);
  expect(rows).toMatchObject({ received: events.length, balanced: true });
  expect((await again.end()).code).toBe(0);
  expect(readdirSync(state).filter((name) => name.startsWith("journal-"))).toEqual([]);
});
