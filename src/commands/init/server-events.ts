import { createWriteStream } from "node:fs";
import type { WriteStream } from "node:fs";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import { readRows } from "../../stream/rows.ts";
import { formatCount } from "../../verdict/quantities.ts";
import type { CommandIo } from "../io.ts";
import { readServerMessage } from "./server-message.ts";
import type { ServerMessage } from "./server-message.ts";
import { findAnswers } from "./server-answers.ts";
import type { ServerAnswers } from "./server-answers.ts";

/** Whole events that requests and responses of a model server were put together to. */
export interface ServerEvents {
  /** One native event a line, while it is open. */
  readonly file: string;
  readonly format: ServerMessage["format"];
  readonly answers: ServerAnswers;
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** So many of the first records decide whether the source is of a model server. */
const LOOKED_AT = 100;
/** Of so many events it is found out which column is which answer. */
const ANSWERS_SEEN = 1_000;

/** Undefined where the records are something else. @throws CodedError SOURCE_INVALID where no request meets its response */
export async function openServerEvents(source: string, io: CommandIo): Promise<ServerEvents | undefined> {
  const format = await formatOf(source);
  if (format === undefined) return undefined;
  const pairing: Pairing = { open: new Map(), events: 0, others: 0, first: [], answers: undefined };
  const directory = await mkdtemp(join(tmpdir(), "driftd-init-"));
  const close = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const file = join(directory, `${basename(source)}.jsonl`);
  const out = createWriteStream(file, { mode: 0o600 });
  try {
    for await (const message of messagesOf(source)) {
      if (io.signal.aborted) throw new CodedError("INTERRUPTED", "stopped; nothing was written.");
      if (message === undefined) pairing.others += 1;
      else await take(pairing, message, out);
    }
    await settle(pairing, out);
    out.end();
    await once(out, "close");
    if (pairing.events === 0) throw nothingMet(source, pairing);
    return { file, format, answers: pairing.answers ?? {}, notes: notesOn(pairing, format), close };
  } catch (error) {
    out.destroy();
    await close();
    throw error;
  }
}

async function formatOf(source: string): Promise<ServerMessage["format"] | undefined> {
  const seen: (ServerMessage | undefined)[] = [];
  for await (const message of messagesOf(source)) {
    seen.push(message);
    if (seen.length >= LOOKED_AT) break;
  }
  const found = seen.filter((message) => message !== undefined);
  return found.length * 2 > seen.length ? found[0]?.format : undefined;
}

/** One for each record that is JSON; undefined of those that are nothing of a model server's. */
async function* messagesOf(source: string): AsyncGenerator<ServerMessage | undefined> {
  const decoder = new TextDecoder();
  for await (const batch of readRows({
    file: source,
    format: "native",
    stream: basename(source),
    firstOffset: 0,
  })) {
    if (batch.kind === "table") return;
    for (const value of batch.values.slice(0, batch.count)) {
      if (value === null) continue;
      let record: unknown;
      try {
        record = JSON.parse(decoder.decode(value));
      } catch {
        record = undefined;
      }
      yield readServerMessage(record);
    }
  }
}

interface Pairing {
  /** Halves that wait for the other one, by id. */
  readonly open: Map<string, ServerMessage>;
  events: number;
  others: number;
  /** Pairs that wait until it is known which column is which answer. */
  first: Pair[];
  answers: ServerAnswers | undefined;
}

interface Pair {
  readonly request: ServerMessage;
  readonly response: ServerMessage;
}

async function take(pairing: Pairing, message: ServerMessage, out: WriteStream): Promise<void> {
  const other = pairing.open.get(message.id);
  if (other === undefined || other.half === message.half) {
    pairing.open.set(message.id, message);
    return;
  }
  pairing.open.delete(message.id);
  const pair =
    message.half === "request"
      ? { request: message, response: other }
      : { request: other, response: message };
  pairing.events += 1;
  if (pairing.answers !== undefined) await write(pair, pairing.answers, out);
  else if (pairing.first.push(pair) >= ANSWERS_SEEN) await settle(pairing, out);
}

async function settle(pairing: Pairing, out: WriteStream): Promise<void> {
  const answers = (pairing.answers ??= findAnswers(
    pairing.first.flatMap(({ response }) => [...response.rows]),
  ));
  for (const pair of pairing.first) await write(pair, answers, out);
  pairing.first = [];
}

/** One event for each row, as driftd makes them: the id of row k is `id#k`. */
async function write({ request, response }: Pair, answers: ServerAnswers, out: WriteStream): Promise<void> {
  for (const [row, features] of request.rows.entries()) {
    const answered = response.rows[row] ?? {};
    const prediction = Object.entries(answers).map(([output, column]) => [output, answered[column]] as const);
    const event = {
      id: row === 0 ? request.id : `${request.id}#${row}`,
      time: request.time,
      model: request.model ?? response.model,
      version: response.version ?? request.version,
      features,
      prediction: Object.fromEntries(prediction),
    };
    if (!out.write(`${JSON.stringify(event)}\n`)) await once(out, "drain");
  }
}

function notesOn({ events, others, open, answers = {} }: Pairing, format: string): string[] {
  const named = Object.entries(answers).map(([output, column]) => `${column} as the ${output}`);
  const left = [
    ...(open.size === 0 ? [] : [`${formatCount(open.size)} requests or responses had no other half`]),
    ...(others === 0 ? [] : [`${formatCount(others)} records were neither (or no JSON)`]),
  ];
  return [
    `The source holds ${format} requests and responses: ${formatCount(events)} pairs were put together by id, ${
      named.length === 0
        ? "and no column of the responses was taken for an answer"
        : `with ${named.join(" and ")}`
    }${left.length === 0 ? "" : `; ${left.join(", ")}`}.`,
  ];
}

function nothingMet(source: string, { open, others }: Pairing): CodedError {
  const message = `${source} holds requests or responses of a model server, and none met its other half: ${formatCount(open.size)} stand alone, ${formatCount(others)} records are neither. Save both topics, or both kinds of events, into one file: they meet by id.`;
  return new CodedError("SOURCE_INVALID", message);
}
