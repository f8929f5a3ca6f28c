import { createHash } from "node:crypto";

/** A Lua script, which Redis runs as a whole: nobody else's command comes in between. Redis knows it by its hash. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

/** An argument: bytes as they are, all else as text. */
export type Argument = string | number | Buffer;

/** A command's name and arguments. */
export type RedisCommand = readonly [name: string, ...args: Argument[]];

export function createScript(text: string): RedisScript {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

/** All keys carry one tag. */
export function scriptCommand(
  script: RedisScript,
  keys: readonly string[],
  args: readonly Argument[],
): RedisCommand {
  return ["EVALSHA", script.sha, keys.length, ...keys, ...args];
}

/** The same bytes as the client takes them. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A copy of an answer: the client's bytes are parts of what came over the wire, and would keep all of it alive. */
export function bytesOf(answer: unknown, what: string): Uint8Array {
  if (!(answer instanceof Uint8Array)) throw new TypeError(`Redis answered no bytes for ${what}`);
  return new Uint8Array(answer);
}

export function textOf(answer: unknown, what: string): string {
  if (answer instanceof Uint8Array) return new TextDecoder().decode(answer);
  if (typeof answer === "string" || typeof answer === "number") return String(answer);
  throw new TypeError(`Redis answered no text for ${what}`);
}

export function listOf(answer: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(answer)) throw new TypeError(`Redis answered no list for ${what}`);
  return answer;
}

/** Fields and values that come one after the other. */
export function* pairsOf(answer: unknown, what: string): Generator<readonly [unknown, unknown]> {
  const list = listOf(answer, what);
  for (let i = 0; i + 1 < list.length; i += 2) yield [list[i], list[i + 1]];
}
