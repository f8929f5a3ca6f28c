import type { IncomingMessage } from "node:http";
import { gunzip } from "node:zlib";
import type { Room } from "./http-room.ts";

/** What came of a request's body. */
export type Body = WholeBody | RefusedBody;

export interface WholeBody {
  readonly kind: "whole";
  readonly bytes: Uint8Array;
  /** Taken of the room, to be given back by who is done with it. */
  readonly room: number;
}

export interface RefusedBody {
  readonly kind: "too-large" | "no-room";
}

export interface BodyLimits {
  /** Of one body, packed and unpacked; bytes. */
  readonly limit: number;
  readonly room: Room;
}

/** What a request takes beside its body, bytes: without it, any number of empty ones would fit. */
const REQUEST_BYTES = 4_096;

/**
 * Reads a body to its end. One that is too large, or does not fit into the room, is read and thrown away: an answer that is
 * given before the body has come is lost on many senders. `done` is called once; not at all where the sender is gone.
 */
export function readBody(
  request: IncomingMessage,
  { limit, room }: BodyLimits,
  done: (body: Body) => void,
): void {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let taken = 0;
  let refused: RefusedBody["kind"] | undefined;
  let isDone = false;
  const giveBack = (): void => {
    room.give(taken);
    taken = 0;
    chunks.length = 0;
  };
  const reserve = (bytes: number): void => {
    if (refused !== undefined) return;
    if (bytes > limit) refused = "too-large";
    else if (bytes + REQUEST_BYTES <= taken) return;
    else if (room.take(bytes + REQUEST_BYTES - taken)) taken = bytes + REQUEST_BYTES;
    else refused = "no-room";
    if (refused !== undefined) giveBack();
  };
  const abort = (): void => {
    if (!isDone) giveBack();
    isDone = true;
  };

  // What is only announced takes no room: a few slow senders would shut all others out.
  if (Number(request.headers["content-length"] ?? 0) > limit) refused = "too-large";
  else reserve(0);
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    reserve(length);
    if (refused === undefined) chunks.push(chunk);
  });
  request.on("end", () => {
    if (isDone) return;
    isDone = true;
    if (refused !== undefined) return done({ kind: refused });
    done({ kind: "whole", bytes: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), room: taken });
  });
  request.on("error", abort);
  request.on("close", abort);
}

/** Whether the bytes begin like gzip: many senders pack what they send and do not say so. */
export function looksPacked(bytes: Uint8Array): boolean {
  return bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip, off the event loop. What only looks like it stays as it is: whoever decodes it says that it is nothing. The
 * packed body's room goes over to the unpacked one.
 */
export function unpack(body: WholeBody, { limit, room }: BodyLimits, done: (body: Body) => void): void {
  const refuse = (kind: RefusedBody["kind"]): void => {
    room.give(body.room);
    done({ kind });
  };
  const attempt = (most: number): void => {
    if (!room.take(most)) return refuse("no-room");
    gunzip(body.bytes, { maxOutputLength: Math.max(1, most) }, (error, bytes) => {
      if (error === null) {
        room.give(body.room + most - bytes.length - REQUEST_BYTES);
        return done({ kind: "whole", bytes, room: bytes.length + REQUEST_BYTES });
      }
      room.give(most);
      const isLonger = "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
      if (!isLonger) done(body);
      else if (most === limit) refuse("too-large");
      else attempt(limit);
    });
  };
  attempt(Math.min(claimedLength(body.bytes), limit));
}

/**
 * The last four bytes say how much it will be, which several members in a row, and whoever means ill, do not keep to; and
 * where the end is cut off they are any four: nothing is refused by them.
 */
function claimedLength({ buffer, byteOffset, length }: Uint8Array): number {
  return new DataView(buffer, byteOffset, length).getUint32(length - 4, true);
}
