import type { RecordHeaders } from "../event/records.ts";
import type { Delivery } from "../stream/source.ts";
import type { SentGroup } from "./sent-groups.ts";

/** Of consecutive records of one request: what they share, and their lengths in bytes, -1 of none at all. */
interface Part {
  readonly time: number;
  readonly headers?: RecordHeaders;
  readonly lengths: number[];
}

interface Head {
  readonly stream: string;
  readonly first: number;
  readonly unread: Delivery["unread"];
  readonly parts: readonly Part[];
}

const LENGTH = 4;

/** Groups as bytes: the length of a head in JSON, the head, and the values one after the other. */
export function encodeGroups(groups: readonly SentGroup[]): Uint8Array {
  const heads = groups.map(headOf);
  const head = Buffer.from(JSON.stringify(heads));
  const bytes = groups.flatMap(({ values }) => values.flatMap((value) => value ?? []));
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...bytes]);
}

function headOf({ stream, first, unread, timestamps, headers, values }: SentGroup): Head {
  const parts: Part[] = [];
  for (const [i, value] of values.entries()) {
    const length = value?.length ?? -1;
    const last = parts.at(-1);
    // Of one request they are the very same object.
    if (last !== undefined && last.headers === headers[i] && last.time === timestamps[i]) {
      last.lengths.push(length);
      continue;
    }
    const of = headers[i];
    parts.push({ time: timestamps[i], ...(of && { headers: of }), lengths: [length] });
  }
  return { stream, first, unread, parts };
}

/** The inverse; values are views on the bytes. */
export function decodeGroups(bytes: Uint8Array): SentGroup[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = LENGTH + buffer.readUInt32LE();
  // Only encodeGroups writes entries, and the journal has checked that they are as they were written.
  const heads = JSON.parse(buffer.toString("utf8", LENGTH, at)) as readonly Head[];
  return heads.map(({ stream, first, unread, parts }) => {
    const timestamps: number[] = [];
    const headers: (RecordHeaders | undefined)[] = [];
    const values: (Uint8Array | null)[] = [];
    for (const part of parts) {
      for (const length of part.lengths) {
        timestamps.push(part.time);
        headers.push(part.headers);
        values.push(length < 0 ? null : bytes.subarray(at, (at += length)));
      }
    }
    return { stream, first, unread, timestamps, headers, values };
  });
}
