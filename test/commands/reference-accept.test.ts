import { createServer } from "node:http";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { readReference, writeReference } from "../../src/reference/reference-file.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { modelOf } from "../engine/fixture.ts";
import { exampleAlert } from "../publish/alerts.ts";
import { runCommand } from "./command-io.ts";

let reference: Reference;
beforeAll(() => {
  ({ reference } = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" }));
});

const ALERT = exampleAlert({ id: "a1", model: "m", version: "v1", column: "amount" });

/** A project whose daemon has counted in every bin of `amount` as much as its reference, and answers that at `url`. */
async function projectOf(counted: { reference?: string; from?: string } = {}, alert = ALERT) {
  const directory = mkdtempSync(join(tmpdir(), "driftd-accept-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, "rules"));
  writeFileSync(join(directory, "m.arrow"), writeReference(reference));
  const rules = {
    version: 1,
    model: "m",
    references: { default: { file: "../m.arrow", sha256: reference.id } },
    rules: [{ alert: "Drift", measure: "psi", columns: ["amount"] }],
  };
  writeFileSync(join(directory, "rules/m.yaml"), JSON.stringify(rules));
  const position = reference.columns.findIndex(({ name }) => name === "amount");
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const counts = {
      model: "m",
      column: "amount",
      reference: reference.id,
      from: "2026-03-01T00:00:00.000Z",
      to: "2026-03-03T00:00:00.000Z",
      segments: reference.segments.map(({ name, columns }) => ({
        name,
        counts: [...columns[position].counts].map((count) => 2 * count),
      })),
      ...counted,
    };
    response.end(JSON.stringify(url.startsWith("/api/alerts") ? { alerts: [alert] } : counts));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // A server on a port has such an address.
  const { port } = server.address() as AddressInfo;
  const config = { version: 1, streams: { s: { role: "inference", http: true } }, rules: ["rules/*.yaml"] };
  writeFileSync(
    join(directory, "driftd.yaml"),
    JSON.stringify({ ...config, http: { host: "127.0.0.1", port } }),
  );
  return { directory, asked, position };
}

test("the change of an alert becomes a reference beside the old one, and the line that names it is told", async () => {
  const { directory: cwd, asked, position } = await projectOf();
  const argv = ["reference", "accept", "a1", "--by", "ann", "--reason", "new tariff", "--json"];
  const { status, out, err } = await runCommand(argv, { cwd });
  expect(err).toBe("");
  expect(status).toBe(0);
  expect(asked).toEqual([
    "/api/alerts?state=all",
    `/api/counts?model=m&column=amount&version=v1&since=${Date.parse(ALERT.startsAt)}`,
  ]);
  const told: { file: string; sha256: string; line: string } = JSON.parse(out);
  expect(told.file).toBe(join(cwd, `m-${told.sha256.slice(0, 8)}.arrow`));
  expect(told.line).toBe(
    `references: { default: { file: ../m-${told.sha256.slice(0, 8)}.arrow, sha256: ${told.sha256} } }`,
  );
  const accepted = readReference(readFileSync(told.file), told.file);
  expect(accepted.id).toBe(told.sha256);
  expect(accepted.accepted).toEqual([
    {
      column: "amount",
      version: "v1",
      segments: ["all"],
      since: Date.parse("2026-03-01T00:00:00Z"),
      until: Date.parse("2026-03-03T00:00:00Z"),
      by: "ann",
      reason: "new tariff",
    },
  ]);
  const [before] = reference.segments;
  expect([...accepted.segments[0].columns[position].counts]).toEqual(
    [...before.columns[position].counts].map((count) => 2 * count),
  );
  expect(readReference(readFileSync(join(cwd, "m.arrow")), "m.arrow").id).toBe(reference.id);
});

test("people are told what it is worth and what to commit; a change can be named without an alert", async () => {
  const { directory: cwd, asked } = await projectOf();
  const argv = ["reference", "accept", "--column", "amount", "--since", "2026-03-01", "--reason", "r"];
  const { status, out } = await runCommand(argv, { cwd });
  expect(status).toBe(0);
  expect(asked).toEqual([`/api/counts?model=m&column=amount&since=${Date.parse("2026-03-01")}`]);
  expect(out).toMatch(/^m-[0-9a-f]{8}\.arrow: amount of m as counted from 2026-03-01T00:00:00\.000Z/);
  expect(out).toMatch(/Put this into rules\/m\.yaml and commit both files:\nreferences: \{ default: /);
});

test("a version is told apart only where there is one", async () => {
  const argv = ["reference", "accept", "a1", "--reason", "r"];
  const versioned = await projectOf();
  const { out } = await runCommand(argv, { cwd: versioned.directory });
  expect(out).toContain("All versions are then held against it. To hold v1 alone, leave default as it is");
  const nameless = await projectOf({}, { ...ALERT, version: "" });
  const plain = await runCommand(argv, { cwd: nameless.directory });
  expect(plain.status).toBe(0);
  expect(plain.out).not.toContain("alone");
});

test("what cannot be accepted is said with what to do", async () => {
  const other = await projectOf({ reference: "0".repeat(64) });
  const argv = ["reference", "accept", "a1", "--reason", "r"];
  const stale = await runCommand(argv, { cwd: other.directory });
  expect(stale).toMatchObject({
    status: 78,
    err: expect.stringMatching(/goes by another reference than m\.arrow/),
  });
  const unknown = await runCommand(["reference", "accept", "zz", "--reason", "r"], { cwd: other.directory });
  expect(unknown).toMatchObject({
    status: 2,
    err: expect.stringMatching(/No alert zz fires or ended lately/),
  });
  const nothing = await runCommand(["reference", "accept", "--reason", "r"], { cwd: other.directory });
  expect(nothing).toMatchObject({ status: 2, err: expect.stringMatching(/--column and --since/) });
});
