import { groupOf, type SentGroup } from "./sent-groups.ts";
import type { SentRequest } from "../stream/sent-request.ts";

/** A request without its bytes: the lengths of its records. */
interface RequestHead extends Pick<SentRequest, "time" | "headers"> {
  readonly lengths: readonly number[];
}

interface Head extends Pick<SentGroup, "stream" | "first" | "unread"> {
  readonly requests: readonly RequestHead[];
}

const LENGTH = 4;

/** Groups as bytes: the length of a head in JSON, the head, and the records one after the other. */
export function encodeGroups(groups: readonly SentGroup[]): Uint8Array {
  const head = JSON.stringify(groups.map(headOf));
  const length = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(groups.reduce((sum, group) => sum + group.bytes, LENGTH + length));
  let at = bytes.writeUInt32LE(length);
  at += bytes.write(head, at);
  for (const { requests } of groups) {
    for (const { values } of requests) {
      for (const value of values) {
        bytes.set(value, at);
        at += value.length;
      }
    }
  }
  return bytes;
}

function headOf({ stream, first, unread, requests }: SentGroup): Head {
  return { stream, first, unread, requests: requests.map(requestHeadOf) };
}

function requestHeadOf({ time, headers, values }: SentRequest): RequestHead {
  return { time, headers, lengths: values.map(({ length }) => length) };
}

/** The inverse; records are views on the bytes. */
export function decodeGroups(bytes: Uint8Array): SentGroup[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = LENGTH + buffer.readUInt32LE();
  // Only encodeGroups writes entries, and the journal has checked that they are as they were written.
  const heads = JSON.parse(buffer.toString("utf8", LENGTH, at)) as readonly Head[];
  return heads.map(({ requests, ...head }) =>
    groupOf({
      ...head,
      requests: requests.map(({ time, headers, lengths }) => {
        return { time, headers, values: lengths.map((length) => bytes.subarray(at, (at += length))) };
      }),
    }),
  );
}
