import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTokenCheck, type TokenCheck } from "../../src/stream/http-token.ts";
import { recordLog } from "../runtime/log-lines.ts";

interface TokenFile {
  readonly check: TokenCheck;
  write(content: string): void;
  remove(): void;
  pass(ms: number): void;
  /** How many lines were logged. */
  warned(): number;
}

function tokenFile(content: string): TokenFile {
  const directory = mkdtempSync(join(tmpdir(), "driftd-token-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "token");
  const write = (text: string): void => writeFileSync(file, text);
  write(content);
  let now = 1_000_000;
  const { log, lines } = recordLog();
  const check = createTokenCheck({ file, clock: () => now, log });
  return { check, write, remove: () => rmSync(file), pass: (ms) => (now += ms), warned: () => lines.length };
}

function allows(check: TokenCheck, authorization: string | undefined): Promise<boolean> {
  return new Promise((resolve) => check.allows(authorization, resolve));
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("a token", () => {
  it("is shown as bearer, or as the password of a url", async () => {
    const { check } = tokenFile("s3cret\n");
    await check.load();
    for (const shown of ["Bearer s3cret", "bearer  s3cret", basic("driftd:s3cret"), basic(":s3cret")]) {
      expect(await allows(check, shown)).toBe(true);
    }
    for (const shown of [
      undefined,
      "",
      "s3cret",
      "Bearer",
      "Bearer s3cre",
      "Bearer S3CRET",
      basic("s3cret"),
      basic("s3cret:x"),
      "Digest s3cret",
    ]) {
      expect(await allows(check, shown)).toBe(false);
    }
  });

  it("is replaced without a restart", async () => {
    const { check, write, pass } = tokenFile("old");
    await check.load();
    write("new");
    expect(await allows(check, "Bearer new")).toBe(false);
    pass(1_000);
    expect(await allows(check, "Bearer new")).toBe(true);
    expect(await allows(check, "Bearer old")).toBe(false);
    write("newer");
    pass(10_000);
    expect(await allows(check, "Bearer new")).toBe(false);
  });

  it("stays in force where its file cannot be read any more, and that is said", async () => {
    const { check, remove, pass, warned } = tokenFile("old");
    await check.load();
    remove();
    pass(10_000);
    expect(await allows(check, "Bearer old")).toBe(true);
    expect(await allows(check, "Bearer new")).toBe(false);
    expect(warned()).toBe(1);
  });

  it("is nobody's where the file is empty", async () => {
    const { check, warned } = tokenFile("  \n");
    await check.load();
    expect(await allows(check, "Bearer ")).toBe(false);
    expect(await allows(check, basic("driftd:"))).toBe(false);
    expect(warned()).toBe(1);
  });

  it("is a fault of the configuration where the file is missing", async () => {
    const { log } = recordLog();
    const check = createTokenCheck({ file: "/nowhere/token", clock: () => 0, log });
    await expect(check.load()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
