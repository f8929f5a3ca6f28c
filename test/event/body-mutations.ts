import { recordedBodies } from "./recorded-bodies.ts";
import type { RecordedBody } from "./recorded-bodies.ts";

/** Whole numbers from 0 to before `below`, the same ones from the same seed (xorshift of 32 bits; Marsaglia 2003). */
export type Draw = (below: number) => number;

export function createDraw(seed: number): Draw {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const RECORDINGS = ["kserve-agent", "kserve-agent-mlserver", "oip-grpc", "mlserver-kafka", "cloudevents"];
/** Bodies beyond are like shorter ones, and slow. Bytes. */
const LONGEST = 600;

/** Values that JSON may hold, odd ones and such as stand where others should. */
const VALUES = String.raw`null NaN -Infinity 1e400 9007199254740993 -0 true 0 1 1.5 "7" "\u00e9\n" "" [] {} [[1,2],[3]] [1,2]
  "FP64" "BYTES" "BOOL" "INT64" "9007199254740993" [2] [1,4] [2,1] ["1","2"] [2147483648,0] {"binary_data_size":8} "NaN" "x"`;

const MEMBERS = String.raw`"name":"x", "shape":[2], "datatype":"INT64", "data":[1], "error":"e", "inputs":[[1,2]], "id":7,
  "outputs":[{"name":"y"}], "instances":[1,{"a":2}], "contents":{"int64Contents":["1"]}, "rawInputContents":["AAAAAAAA"],
  "parameters":{"content_type":"pd_json"}, "parameters":{"binary_data_size":16}, "model_version":"1", "a":[1,2],`;

const BYTES = [
  "\xff",
  "\xc3\xa9",
  "\x00\x00\x00\x00",
  "\x1f\x8b",
  "\x08\x01",
  "\x1a\x02\x01\x01",
  "\x80\x80\x80\x80\x10",
  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
].map((piece) => Buffer.from(piece, "latin1"));

const wordsOf = (text: string): Buffer[] => text.split(/\s+/).map((word) => Buffer.from(word));
const PIECES = { values: wordsOf(VALUES), members: wordsOf(MEMBERS), bytes: BYTES };
/** A JSON value that is no object or array, and where a member begins. */
const VALUE = /-?[0-9][0-9.eE+-]*|"[^"]*"(?!\s*:)|null|true|false/g;
const MEMBER = /"[a-z_A-Z0-9]*"\s*:/g;

export function recordedCorpus(): RecordedBody[] {
  return RECORDINGS.flatMap(recordedBodies).filter(
    ({ bytes }) => bytes.length <= LONGEST && bytes.length > 0,
  );
}

/** A body that is random bytes, or a recorded one that a few flips, cuts and splices have changed. */
export function mutatedBody(corpus: readonly RecordedBody[], draw: Draw): RecordedBody {
  const original = corpus[draw(corpus.length)];
  if (draw(20) === 0) {
    return { ...original, bytes: Uint8Array.from({ length: draw(64) }, () => draw(256)) };
  }
  let bytes: Uint8Array = Uint8Array.from(original.bytes);
  for (let count = draw(3) === 0 ? 3 : 1; count > 0 && bytes.length > 0; count--)
    bytes = mutate(bytes, corpus, draw);
  return { ...original, bytes };
}

function mutate(bytes: Uint8Array, corpus: readonly RecordedBody[], draw: Draw): Uint8Array {
  const at = draw(bytes.length);
  if (bytes[0] !== 0x7b && draw(2) === 0) return flip(bytes, at, draw);
  if (bytes[0] === 0x7b && draw(3) > 0) {
    const isMember = draw(3) === 0;
    const { start, stop } = find(bytes, at, isMember ? MEMBER : VALUE);
    return replace(
      bytes,
      start,
      isMember ? start : stop,
      pick(isMember ? PIECES.members : PIECES.values, draw),
    );
  }
  const to = Math.min(at + 1 + draw(16), bytes.length);
  switch (draw(7)) {
    case 0:
      return flip(bytes, at, draw);
    case 1:
      bytes[at] = draw(256);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return replace(bytes, at, to, Buffer.alloc(0));
    case 4: {
      const other = corpus[draw(corpus.length)].bytes;
      return Buffer.concat([bytes.subarray(0, at), other.subarray(draw(other.length))]);
    }
    case 5:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
    default:
      return replace(bytes, at, draw(2) === 0 ? at : to, pick(PIECES.bytes, draw));
  }
}

function flip(bytes: Uint8Array, at: number, draw: Draw): Uint8Array {
  bytes[at] ^= 1 << draw(8);
  return bytes;
}

function replace(bytes: Uint8Array, start: number, stop: number, piece: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(stop)]);
}

function pick(pieces: readonly Buffer[], draw: Draw): Buffer {
  return pieces[draw(pieces.length)];
}

/** Where the pattern is next met after `at`, or first; the end where it is not. */
function find(bytes: Uint8Array, at: number, pattern: RegExp): { start: number; stop: number } {
  const text = Buffer.from(bytes).toString("latin1");
  pattern.lastIndex = at;
  const found = pattern.exec(text) ?? pattern.exec(text);
  if (found === null) return { start: bytes.length, stop: bytes.length };
  return { start: found.index, stop: found.index + found[0].length };
}
