import { expect, test } from "vitest";
import { writeReference } from "../../src/reference/reference-file.ts";
import { checkProject, CONFIG, RULES } from "./check-project.ts";
import { quietReference } from "./quiet-reference.ts";

const { write, run } = checkProject();

const QUIET_BYTES = writeReference(quietReference());

test("where rules send events for review, what, and how many", async () => {
  const review = `  - { review: Unsure, when: { any: [{ column: amount, above: 900 }, { novel: true }] }, atMost: 1000 per 2h, to: desk }\n`;
  write("driftd.yaml", `${CONFIG}publish: { review: { desk: { url: "http://desk:8080/?token=s3cret" } } }\n`);
  write("rules/m.yaml", `${RULES}${review}`);
  write("reference/m.arrow", QUIET_BYTES);
  const { exit, lines } = await run();
  expect(exit).toBe(0);
  expect(lines.map((line) => line.trim()).join(" ")).toContain(
    "Unsure: sends events for review to desk (desk:8080), at most 1,000 per 2h: amount above 900, or a new category.",
  );
  expect(JSON.parse((await run({ json: true })).lines.join("")).reviews).toEqual([
    {
      model: "m",
      review: "Unsure",
      when: ["amount above 900", "a new category"],
      most: 1_000,
      per: 7_200_000,
      to: "desk",
      place: "desk:8080",
    },
  ]);
});

test("a token that cannot be read, and files that cannot be written, where it is run", async () => {
  write("empty", "\n");
  write("drops/q.jsonl", "");
  const places = (http: string, file: string): string =>
    `${CONFIG}http: { tokenFile: ${http} }\nquarantine: { file: ${file} }\npublish: { review: { desk: { file: reviews/r.jsonl } } }\n`;
  write("rules/m.yaml", RULES);
  write("reference/m.arrow", QUIET_BYTES);
  write("driftd.yaml", places("token", "drops"));
  const first = await run();
  expect(first.exit).toBe(0);
  expect(first.lines.slice(0, 3).toSorted()).toEqual([
    "driftd.yaml  warning  FILE_MISSING  publish.review.desk.file reviews/r.jsonl cannot be written here: there is no directory reviews; make it, since run does not",
    "driftd.yaml  warning  FILE_MISSING  quarantine.file drops is a directory; name a file in it",
    "driftd.yaml  warning  SECRET  http.tokenFile token cannot be read here; run needs it",
  ]);
  write("reviews/other", "");
  write("driftd.yaml", places("empty", "drops/q.jsonl"));
  expect((await run()).lines[0]).toBe(
    "driftd.yaml  warning  SECRET  http.tokenFile empty is empty: nobody may send events; write it there",
  );
});

test("directories of reports that are not there, or none", async () => {
  write("rules/m.yaml", RULES);
  write("reference/m.arrow", QUIET_BYTES);
  write("notes", "");
  const report = (name: string, directory: string): string =>
    `  - { name: ${name}, schedule: "0 7 * * 1", last: 7d, file: ${directory} }\n`;
  write("driftd.yaml", `${CONFIG}reports:\n${report("weekly", "./reports")}${report("late", "notes")}`);
  const { exit, lines } = await run();
  expect(exit).toBe(0);
  expect(lines.slice(0, 2)).toEqual([
    "driftd.yaml  warning  FILE_MISSING  file of report weekly: there is no directory reports; make it, since run does not",
    "driftd.yaml  warning  FILE_MISSING  file of report late: notes is a file; name a directory",
  ]);
  write("reports/kept", "");
  write("driftd.yaml", `${CONFIG}reports:\n${report("weekly", "./reports")}`);
  expect((await run()).lines.filter((line) => line.includes("report weekly"))).toEqual([]);
});

test("secrets of webhooks that cannot be read", async () => {
  write("rules/m.yaml", RULES);
  write("reference/m.arrow", QUIET_BYTES);
  write("secret", " \n");
  write(
    "driftd.yaml",
    `${CONFIG}publish: { webhook: { retrain: { url: "https://ci", secretFile: secret, tokenFile: token } } }\n`,
  );
  expect((await run()).lines.slice(0, 2)).toEqual([
    "driftd.yaml  warning  SECRET  publish.webhook.retrain.secretFile secret is empty: nothing is posted; write it there",
    "driftd.yaml  warning  SECRET  publish.webhook.retrain.tokenFile token cannot be read here; run needs it",
  ]);
});

test("bytes in the quarantine of streams whose columns or ids are personal", async () => {
  write("key", "0123456789abcdef");
  const streams = "  more: { role: inference, file: more.jsonl, quarantine: { raw: true } }\n";
  const config = `${CONFIG.replace("rules:", `${streams}rules:`)}privacy: { keyFile: key }\n`;
  write("driftd.yaml", `${config}quarantine: { file: q.jsonl, raw: true }\n`);
  write(
    "rules/a.yaml",
    "version: 1\nmodel: a\nid: { pii: true }\ncolumns: { card: { type: category, pii: true } }\n",
  );
  const { exit, lines } = await run();
  const message =
    "would put personal data into the quarantine as they came (ids of a, card of a); write quarantine: { raw: false } for this stream";
  expect(lines.filter((line) => line.includes("PII"))).toEqual([
    `driftd.yaml:3:11  error  PII  "scored": ${message}`,
    `driftd.yaml:4:65  error  PII  "true": ${message}`,
  ]);
  expect(exit).toBe(78);
});

test("says what a Redis must have, which keeps predictions for their labels", async () => {
  write(
    "driftd.yaml",
    `version: 1
kafka: { brokers: ["kafka:9092"], group: driftd }
state: { store: redis, url: "redis://redis:6379", maxPredictions: 1000000 }
streams:
  scored: { role: inference, topic: scored, format: native }
  charged: { role: labels, of: scored, topic: charged, format: native }
rules: [rules/*.yaml]
`,
  );
  write("rules/m.yaml", RULES);
  write("reference/m.arrow", writeReference(quietReference({ segmentBy: [["region"]] })));
  const { exit, lines } = await run();
  expect(exit).toBe(0);
  expect(lines[0]).toMatch(
    /; besides, 41 B of Redis for every prediction of the last 10 d, of at most 1,000,000 a partition \(39.1 MiB\)$/,
  );
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^Redis needs up to \d+(\.\d+)? MiB for panes and 39.1 MiB for entries of every partition, with appendonly yes and maxmemory-policy noeviction\.$/,
    ),
  );
});
