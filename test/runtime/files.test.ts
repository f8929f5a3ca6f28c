import { once } from "node:events";
import { mkdtemp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readBytes, readText, writeAtomically } from "../../src/runtime/files.ts";

const role = { what: "rule file", code: "CONFIG_NOT_FOUND" } as const;
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-files-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a file that is written is read back, and nothing else is left beside it", async () => {
  const path = join(directory, "a.yaml");
  await writeAtomically(path, "version: 1\n", role);
  await writeAtomically(path, "version: 2\n", role);
  expect(await readText(path, role)).toBe("version: 2\n");
  expect(await readBytes(path, role)).toEqual(await readFile(path));
  expect(await readdir(directory)).toEqual(["a.yaml"]);
});

test("a write that fails leaves the former content and no debris", async () => {
  const path = join(directory, "taken");
  await mkdir(path);
  await writeFile(join(path, "inside"), "kept");
  await expect(writeAtomically(path, "new", role)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
  expect(await readFile(join(path, "inside"), "utf8")).toBe("kept");
  expect(await readdir(directory)).toEqual(["taken"]);
});

test("a socket or device is not written over", async () => {
  const path = join(directory, "socket");
  const server = createServer().listen(path);
  await once(server, "listening");
  await expect(writeAtomically(path, "new", role)).rejects.toThrow("Name a file.");
  expect((await stat(path)).isSocket()).toBe(true);
  server.close();
});

test("a directory that is not there is what a write misses", async () => {
  const path = join(directory, "none", "a.yaml");
  await expect(writeAtomically(path, "new", role)).rejects.toThrow("Its directory does not exist.");
});

test("a missing file is named, with what to do", async () => {
  const path = join(directory, "none.yaml");
  await expect(readText(path, role)).rejects.toMatchObject({
    code: "CONFIG_NOT_FOUND",
    message: `The rule file ${path} cannot be read. It does not exist. Check the path.`,
  });
  await expect(readText(directory, role)).rejects.toThrow("It is a directory. Name a file.");
});

test("a byte order mark is taken off, and bytes that are not UTF-8 are refused", async () => {
  const path = join(directory, "b.yaml");
  await writeFile(path, "\uFEFFversion: 1");
  expect(await readText(path, role)).toBe("version: 1");
  await writeFile(path, Uint8Array.of(0x61, 0xff, 0x62));
  await expect(readText(path, role)).rejects.toThrow("is not UTF-8 text");
});
