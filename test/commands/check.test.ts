import { describe, expect, test } from "vitest";
import { writeReference } from "../../src/reference/reference-file.ts";
import { checkProject, CONFIG, RULES } from "./check-project.ts";
import { quietReference } from "./quiet-reference.ts";

const { write, run } = checkProject();

const QUIET = quietReference();
const QUIET_BYTES = writeReference(QUIET);

describe("check", () => {
  test("says what a sound configuration needs and what its rules can promise", async () => {
    write("driftd.yaml", CONFIG);
    write("rules/m.yaml", RULES);
    write("reference/m.arrow", QUIET_BYTES);
    const { exit, lines } = await run();
    expect(exit).toBe(0);
    expect(lines[0]).toMatch(
      /^m: 20 series in 602 panes, 342 hours and 401 days, at most .* of state, \d+ metric lines while nothing fires$/,
    );
    expect(lines[2]).toMatch(/^ {2}Drift +1 promised +43,200 +\d\.\de-\d ×11 +1 +0\.\d+ sd +never$/);
    expect(lines[3]).toMatch(/^ {2}Broken +1 policy( +-){5}$/);
    expect(lines).toContain("  Drift: psi, atLeast 0.02");
    expect(lines).toContain("  Broken: invalid, above 0.01; Blind: blind, above 5 min.");
    expect(lines).toContain("  promised: the budget covers these series.");
    expect(lines.at(-1)).toBe("All is well: 1 model.");
  });

  test("prints one object with --json", async () => {
    write("driftd.yaml", CONFIG);
    write("rules/m.yaml", RULES.replace("psi", "pis"));
    const { exit, lines } = await run({ json: true });
    expect(exit).toBe(78);
    expect(JSON.parse(lines.join("\n"))).toEqual({
      faults: [
        {
          file: "rules/m.yaml",
          line: 6,
          column: 30,
          level: "error",
          code: "UNKNOWN_NAME",
          text: "pis",
          message: 'is no measure; did you mean "psi"?',
        },
      ],
      ok: false,
      memory: 0,
      metrics: 0,
      models: [],
      rules: [],
      reviews: [],
    });
  });

  test("reports all files at once, by place", async () => {
    write("driftd.yaml", `${CONFIG}http: { prot: 9464 }\n`);
    write("rules/b.yaml", "version: 1\nmodel: b\nrules: [{ alert: Broken, measure: invalide }]\n");
    write("rules/deep/a.yaml", "version: 1\nmodel: b2\nbudjet: {}\n");
    write("rules/b.test.yaml", "- name: a scenario is no rule file\n");
    const { exit, lines } = await run();
    expect(exit).toBe(78);
    expect(lines).toEqual([
      'driftd.yaml:5:9  error  UNKNOWN_KEY  "prot": is not known here; did you mean "port"?',
      'rules/b.yaml:3:35  error  UNKNOWN_NAME  "invalide": is no measure; did you mean "invalid"?',
      'rules/deep/a.yaml:3:1  error  UNKNOWN_KEY  "budjet": is not known here; did you mean "budget"?',
      "",
      "3 errors; 0 models without error.",
    ]);
  });

  test("says so when there is no driftd.yaml, and does without it where paths are given", async () => {
    write("rules/m.yaml", "version: 1\nmodel: m\nrules: [{ alert: Broken, measure: invalid }]\n");
    expect((await run()).lines[0]).toMatch(/^driftd\.yaml {2}error {2}FILE_MISSING {2}.*does not exist/i);
    expect(await run({ paths: ["rules"] })).toEqual({ exit: 0, lines: ["All is well: 1 model."] });
    expect((await run({ paths: ["nothing.yaml"] })).lines[0]).toBe(
      "nothing.yaml  error  FILE_MISSING  no rule file is there; check the path",
    );
  });

  test("takes no other file for a rule file: a configuration is passed over, all others are named once", async () => {
    write("rules/m.yaml", "version: 1\nmodel: m\nrules: [{ alert: Broken, measure: invalid }]\n");
    write("rules/fleet.yaml", CONFIG);
    write("rules/compose.yaml", "name: monitoring\nservices: {}\nvolumes: {}\n");
    write("scenarios.yaml", "- { name: a quiet day, expect: [] }\n");
    const { exit, lines } = await run({ paths: ["rules", "rules/fleet.yaml", "scenarios.yaml"] });
    expect(exit).toBe(78);
    expect(lines).toEqual([
      "rules/compose.yaml  error  OTHER_FILE  is no rule file: it has no key of one; name rule files, or a directory that holds nothing else",
      "rules/fleet.yaml  error  OTHER_FILE  is no rule file but a configuration: it has streams; check it with: driftd check --config rules/fleet.yaml",
      "scenarios.yaml  error  OTHER_FILE  is no rule file: it has scenarios; play them with: driftd test scenarios.yaml",
      "",
      "3 errors; 1 model without error.",
    ]);
    write("only/fleet.yaml", CONFIG);
    expect((await run({ paths: ["only"] })).lines[0]).toBe(
      "only  error  FILE_MISSING  no rule file is there; check the path",
    );
  });

  test("warnings are findings only if strict", async () => {
    write("driftd.yaml", CONFIG);
    write(
      "rules/m.yaml",
      "version: 1\nmodel: m\nreferences: { default: { file: ../reference/m.arrow } }\nrules: [{ alert: Uncalibrated, measure: ece, above: 0.1 }]\n",
    );
    write("reference/m.arrow", QUIET_BYTES);
    const { exit, lines } = await run();
    expect(exit).toBe(0);
    expect(lines[0]).toBe(
      'rules/m.yaml:4:41  warning  NO_JUDGEMENT  "ece": ece needs labels, and no stream brings any; add a stream with role: labels',
    );
    expect((await run({ strict: true })).exit).toBe(1);
  });
});

describe("check of references", () => {
  async function faultsOf(
    rules: string,
    reference: Uint8Array | undefined,
    config = CONFIG,
  ): Promise<readonly string[]> {
    write("driftd.yaml", config);
    write("rules/m.yaml", rules);
    if (reference !== undefined) write("reference/m.arrow", reference);
    const { lines } = await run();
    return lines.filter((line) => /^\S+ {2}(error|warning) /.test(line));
  }

  test("leaves its model out of those without error", async () => {
    await faultsOf(RULES, undefined);
    expect((await run()).lines.at(-1)).toBe("1 error; 0 models without error.");
  });

  test("a file that is not there", async () => {
    expect(await faultsOf(RULES, undefined)).toEqual([
      'rules/m.yaml:3:32  error  REFERENCE  "../reference/m.arrow": does not exist; build it from rows of a time when all was well: driftd reference build HISTORY --rules rules/m.yaml --output reference/m.arrow',
    ]);
  });

  test("a truncated file, and one that is something else", async () => {
    for (const bytes of [
      QUIET_BYTES.subarray(0, QUIET_BYTES.length / 2),
      new TextEncoder().encode("a,b\n1,2\n"),
    ]) {
      expect(await faultsOf(RULES, bytes)).toEqual([
        expect.stringMatching(
          /^rules\/m\.yaml:3:32 {2}error {2}REFERENCE {2}.*this file is (damaged|no reference)/,
        ),
      ]);
    }
  });

  test("of another model, with another id", async () => {
    const rules = RULES.replace("m.arrow }", `m.arrow, sha256: ${"f".repeat(64)} }`);
    expect(await faultsOf(rules, writeReference(quietReference({ model: "other" })))).toEqual([
      expect.stringContaining("is a reference of model other; build one of m"),
      expect.stringMatching(/"f{60}\.\.\.": is not the id of this file, which is [0-9a-f]{64}/),
    ]);
  });

  test("under another key", async () => {
    const config = `${CONFIG}privacy: { keyFile: key }\n`;
    write("key", "0123456789abcdef");
    expect(await faultsOf(RULES, writeReference(quietReference({ keyId: "ffff" })), config)).toEqual([
      expect.stringMatching(/PII .* is hashed under key ffff, and privacy\.keyFile holds [0-9a-f]{16}/),
    ]);
    write("key", "short");
    expect(await faultsOf(RULES, QUIET_BYTES, config)).toEqual([
      'driftd.yaml:5:21  error  SECRET  "key": holds 5 bytes; make a key with: head -c 32 /dev/urandom > FILE',
    ]);
  });

  test("not split as the rules ask, and without windows of their length", async () => {
    const rules = RULES.replace("for: 10m", "window: { size: 1d }");
    expect(await faultsOf(rules, writeReference(quietReference({ segmentBy: [] })))).toEqual([
      'rules/m.yaml:4:13  error  REFERENCE  "region": the reference is not split by region; build it again with this rule file',
      'rules/m.yaml:6:70  error  NO_JUDGEMENT  "1d": the reference has no windows of 1d (it has 1h); build it again with this rule file',
    ]);
  });

  test("more state, series and lines than there may be", async () => {
    const config = `${CONFIG}state: { store: lmdb, path: state, max: 1KiB }\nmetrics: { segments: all, maxLines: 100 }\n`;
    const rules = RULES.replace("rules:", "maxSeries: 10\nversions: { keep: 8 }\nrules:").replace(
      "for: 10m",
      "by: [version, region]",
    );
    const found = await faultsOf(rules, QUIET_BYTES, config);
    expect(found).toEqual([
      expect.stringMatching(
        /^rules\/m\.yaml {2}error {2}STATE_SIZE {2}m needs 36 series, and maxSeries is 10;/,
      ),
      expect.stringMatching(
        /^driftd\.yaml {2}error {2}STATE_SIZE {2}panes need .*, and state\.max is 1 KiB;/,
      ),
      expect.stringMatching(/^driftd\.yaml {2}warning {2}METRIC_LINES {2}\/metrics needs \d+ lines/),
    ]);
  });
});

test("a budget in driftd.yaml is for all models, and excludes one in a rule file", async () => {
  write("driftd.yaml", `${CONFIG}budget: { falseAlarms: 2, per: 30d }\n`);
  write("rules/a.yaml", "version: 1\nmodel: a\nbudget: { falseAlarms: 1 }\n");
  const { lines } = await run();
  expect(lines[1]).toBe(
    'rules/a.yaml:3:1  error  CONFLICT  "budget": driftd.yaml has a budget for all models; keep one of the two',
  );
});

test("two files of one model, a base that nobody extends, and pii without a key", async () => {
  write("driftd.yaml", CONFIG);
  write("rules/a.yaml", "version: 1\nmodel: a\nextends: base.yaml\n");
  write("rules/b.yaml", "version: 1\nmodel: a\ncolumns: { card: { type: category, pii: true } }\n");
  write("rules/base.yaml", "version: 1\ncolumns: { id: { type: category, pii: true } }\n");
  write("rules/lonely.yaml", "version: 1\n");
  const { lines } = await run();
  expect(lines.slice(1, 4)).toEqual([
    'rules/b.yaml:2:8  error  DUPLICATE  "a": is described in rules/a.yaml too; a model has one rule file',
    'rules/base.yaml:2:34  error  PII  "pii": hashing needs a key; add privacy: { keyFile: PATH } to driftd.yaml',
    "rules/lonely.yaml:1:1  error  MISSING_KEY  names no model, and no other file extends it; add model: NAME",
  ]);
});

test("what run could not work with: a model without a reference, and labels from another kind of source", async () => {
  const labels = "  charged: { role: labels, of: scored, topic: charged, format: native }\n";
  write(
    "driftd.yaml",
    `${CONFIG.replace("rules:", `${labels}rules:`)}kafka: { brokers: ["kafka:9092"], group: driftd }\n`,
  );
  write("rules/a.yaml", "version: 1\nmodel: a\nrules: [{ alert: Broken, measure: invalid }]\n");
  const { exit, lines } = await run();
  expect(exit).toBe(78);
  expect(lines.slice(0, 2)).toEqual([
    'driftd.yaml:4:32  error  CONFLICT  "scored": is read from a file, and its labels from a topic; read both from topics, or both from files',
    'rules/a.yaml:2:8  error  REFERENCE  "a": a has no reference that serves all versions; add references: { default: { file: PATH } }, of a file made by driftd reference build',
  ]);
});

test("a rule on labels judges by a plain limit", async () => {
  const labels = "  outcomes: { role: labels, of: scored, file: outcomes.jsonl }\n";
  write("driftd.yaml", CONFIG.replace("rules:", `${labels}rules:`));
  write("rules/m.yaml", `${RULES}  - { alert: Worse, measure: accuracy, below: 0.5, for: 1d }\n`);
  write("reference/m.arrow", writeReference(quietReference({ segmentBy: [["region"]] })));
  const { lines } = await run();
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}Worse +1 policy( {2,}-){5}$/));
  expect(lines).toContain(
    "  Broken: invalid, above 0.01; Worse: accuracy, below 0.5; Blind: blind, above 5 min.",
  );
  // Id, answer, decision, time, version, truth, and one segment.
  expect(lines[0]).toMatch(/; besides, 56 B for every prediction of the last 10 d$/);
});
