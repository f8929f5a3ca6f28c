import type { IncomingMessage, ServerResponse } from "node:http";
import type { StreamConfig } from "../config/config.ts";
import { isServerFormat } from "../config/streams-section.ts";
import type { RecordHeaders } from "../event/records.ts";
import { accepted, FULL, GOOD, refusal, send, tooLarge, UNAVAILABLE } from "./http-answer.ts";
import type { Answer } from "./http-answer.ts";
import { looksPacked, readBody, unpack } from "./http-body.ts";
import type { Body, RefusedBody, WholeBody } from "./http-body.ts";
import { saysLines, splitItems } from "./http-items.ts";
import type { Outcome } from "./http-lane.ts";
import { NO_PAYLOAD, readPayload } from "./http-payload.ts";
import type { Queue } from "./http-queue.ts";
import type { Room } from "./http-room.ts";

/** A request, and what is to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A request to a stream. */
export interface Arrival extends Exchange {
  readonly stream: StreamConfig;
  readonly queue: Pick<Queue, "submit">;
  readonly room: Room;
  readonly maxBodyBytes: number;
  /** Receive time, ms since the epoch: never goes back. */
  readonly now: () => number;
}

/** The most items of one request. */
const MOST_ITEMS = 65_536;
const TOO_MANY = refusal(413, "TOO_LARGE", `A request may have ${MOST_ITEMS} items. Send fewer at once.`);

/**
 * A CloudEvent, or a batch of them. KServe's agent sends once and takes only 200 for good: that is what it gets, and what
 * could not be taken in is counted.
 */
export function receiveCloudEvents(arrival: Arrival): void {
  const { stream, queue, room, request, response } = arrival;
  const answer = ({ status }: Outcome): void => send(response, status === "durable" ? GOOD : UNAVAILABLE);
  const contentType = (request.headers["content-type"] ?? "").toLowerCase();
  const isBatch = contentType.startsWith("application/cloudevents-batch");
  // In binary mode the body is the model's data, which its decoder unpacks.
  const isWhole = contentType.startsWith("application/cloudevents");
  read(arrival, isWhole, (body) => {
    if (body.kind !== "whole") {
      const why = body.kind === "no-room" ? "overflow" : "oversize";
      return queue.submit(stream, { why, done: answer });
    }
    const values = isBatch ? itemsOf(body, { isLines: false, most: Number.POSITIVE_INFINITY }) : [body.bytes];
    if (values === undefined || values.length === 0) {
      room.give(body.room);
      return send(response, GOOD);
    }
    // Every event of a batch stands as it would alone.
    const headers = isBatch
      ? { ...request.headers, "content-type": "application/cloudevents+json" }
      : request.headers;
    submit(arrival, { body, values, headers, isTold: false, answer });
  });
}

/** JSON in any of its ways, cut into items; of what model servers write, the body as it came. */
export function receiveItems(arrival: Arrival): void {
  const { stream, room, request, response } = arrival;
  const { "content-type": contentType = "", "content-encoding": encoding = "identity" } = request.headers;
  const isPlain = !isServerFormat(stream.format);
  const fault = unsupported(isPlain ? contentType : "", encoding);
  if (fault !== undefined) return refuse(arrival, fault);
  read(arrival, isPlain, (body) => {
    if (body.kind !== "whole") return turnBack(arrival, body);
    const options = { isLines: saysLines(contentType), most: MOST_ITEMS };
    const values = isPlain ? itemsOf(body, options) : [body.bytes];
    if (values === undefined || values.length === 0) {
      room.give(body.room);
      return send(response, values === undefined ? TOO_MANY : accepted(0, []));
    }
    const answer = answerItems(response, values.length);
    submit(arrival, { body, values, headers: request.headers, isTold: true, answer });
  });
}

/** The payload of ModelMesh's processor, as TrustyAI takes it. */
export function receivePayload(arrival: Arrival): void {
  const { response } = arrival;
  read(arrival, true, (body) => {
    if (body.kind !== "whole") return turnBack(arrival, body);
    const payload = readPayload(body.bytes);
    if (typeof payload === "string") {
      const fault = refusal(400, "BAD_PAYLOAD", payload);
      const answer = ({ status }: Outcome): void =>
        send(response, status === "durable" ? fault : UNAVAILABLE);
      return submit(arrival, { body, values: [body.bytes], headers: NO_PAYLOAD, isTold: false, answer });
    }
    const { value, headers } = payload;
    submit(arrival, { body, values: [value], headers, isTold: true, answer: answerItems(response, 1) });
  });
}

/** Answers without taking anything in. The body is read and thrown away, so that the sender comes to read the answer. */
export function refuse({ request, response }: Exchange, answer: Answer): void {
  request.on("error", () => undefined);
  request.on("end", () => send(response, answer));
  request.resume();
}

interface Submitted {
  readonly body: WholeBody;
  readonly values: readonly Uint8Array[];
  readonly headers: RecordHeaders;
  readonly isTold: boolean;
  readonly answer: (outcome: Outcome) => void;
}

function submit({ stream, queue, room, now }: Arrival, submitted: Submitted): void {
  const { body, values, headers, isTold, answer } = submitted;
  const done = (outcome: Outcome): void => {
    room.give(body.room);
    answer(outcome);
  };
  const sent = { time: now(), headers: withoutSecrets(headers), values };
  queue.submit(stream, { request: sent, isTold, done });
}

const SECRETS = ["authorization", "proxy-authorization", "cookie"];

/** What a sender shows to be let in is none of the record's, which may be kept as it came. */
function withoutSecrets(headers: RecordHeaders): RecordHeaders {
  // To copy them all takes longer than to decode the record.
  if (!SECRETS.some((name) => headers[name] !== undefined)) return headers;
  const { authorization: _token, "proxy-authorization": _proxy, cookie: _cookie, ...others } = headers;
  return others;
}

/** Who is told so sends again: only what can never be taken in is counted. */
function turnBack({ stream, queue, response, maxBodyBytes }: Arrival, { kind }: RefusedBody): void {
  if (kind === "no-room") return send(response, FULL);
  queue.submit(stream, { why: "oversize", done: () => send(response, tooLarge(maxBodyBytes)) });
}

function answerItems(response: ServerResponse, items: number): (outcome: Outcome) => void {
  return (outcome) =>
    send(response, outcome.status === "durable" ? accepted(items, outcome.rejected) : UNAVAILABLE);
}

/** Reads the body, and unpacks it where that is asked for and it is packed, said or not. */
function read(arrival: Arrival, unpacks: boolean, done: (body: Body) => void): void {
  const limits = { limit: arrival.maxBodyBytes, room: arrival.room };
  readBody(arrival.request, limits, (body) => {
    if (unpacks && body.kind === "whole" && looksPacked(body.bytes)) unpack(body, limits, done);
    else done(body);
  });
}

function itemsOf({ bytes }: WholeBody, options: Parameters<typeof splitItems>[1]): Uint8Array[] | undefined {
  // What is still packed could not be unpacked: one record that nobody can read.
  return looksPacked(bytes) ? [bytes] : splitItems(bytes, options);
}

/** Told by its bytes, JSON may come under any type that does not say that it is something else. */
const NOT_JSON = /^(multipart|image|audio|video)\/|^text\/(?!plain)|protobuf|xml|avro|grpc|zip\b/i;

function unsupported(contentType: string, encoding: string): Answer | undefined {
  if (!/^(identity|gzip|x-gzip)$/i.test(encoding)) {
    return refusal(
      415,
      "UNSUPPORTED_ENCODING",
      `Content-Encoding ${encoding} is not read. Send gzip, or none.`,
    );
  }
  if (!NOT_JSON.test(contentType)) return undefined;
  const message = `${contentType} is not read here. Send JSON, an array of it, or JSON lines (application/x-ndjson).`;
  return refusal(415, "UNSUPPORTED_TYPE", message);
}
