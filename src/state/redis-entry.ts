/*
 * An entry's fields as bytes: one code of four bits each, then what the codes ask for, little-endian. Most fields are small
 * integers and times, and memory is what Redis has least of.
 */
const ZERO = 0;
const NAN = 1;
const BYTE = 2;
const SHORT = 3;
const INTEGER = 4;
/** 48 bits: a time in ms. */
const LONG = 5;
const FLOAT = 6;
const DOUBLE = 7;
const BYTES = [0, 0, 1, 2, 4, 6, 4, 8];

/** Bytes that an entry of this width takes at most. */
export function mostBytes(width: number): number {
  return ((width + 1) >> 1) + 8 * width;
}

/** Writes `width` fields from `at` on to `bytes`; answers where they end. A NaN comes back as a NaN, whatever its bits. */
export function writeFields(
  target: { readonly bytes: Uint8Array; readonly view: DataView; readonly offset: number },
  { fields, at, width }: { readonly fields: Float64Array; readonly at: number; readonly width: number },
): number {
  const { bytes, view, offset } = target;
  let end = offset + ((width + 1) >> 1);
  bytes.fill(0, offset, end);
  for (let i = 0; i < width; i += 1) {
    const value = fields[at + i];
    const code = codeOf(value);
    bytes[offset + (i >> 1)] |= code << (4 * (i & 1));
    if (code === BYTE) view.setUint8(end, value);
    else if (code === SHORT) view.setUint16(end, value, true);
    else if (code === INTEGER) view.setInt32(end, value, true);
    else if (code === LONG) {
      view.setUint32(end, value % 2 ** 32, true);
      view.setUint16(end + 4, Math.floor(value / 2 ** 32), true);
    } else if (code === FLOAT) view.setFloat32(end, value, true);
    else if (code === DOUBLE) view.setFloat64(end, value, true);
    end += BYTES[code];
  }
  return end;
}

/** Reads what writeFields wrote; answers where it ends. */
export function readFields(
  source: { readonly bytes: Uint8Array; readonly view: DataView; readonly offset: number },
  { fields, at, width }: { readonly fields: Float64Array; readonly at: number; readonly width: number },
): number {
  const { bytes, view, offset } = source;
  let end = offset + ((width + 1) >> 1);
  for (let i = 0; i < width; i += 1) {
    const code = (bytes[offset + (i >> 1)] >> (4 * (i & 1))) & 15;
    fields[at + i] = readField(view, end, code);
    end += BYTES[code];
  }
  return end;
}

function codeOf(value: number): number {
  if (Object.is(value, 0)) return ZERO;
  if (value !== value) return NAN;
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    if (value >= 0 && value < 2 ** 8) return BYTE;
    if (value >= 0 && value < 2 ** 16) return SHORT;
    if (value >= -(2 ** 31) && value < 2 ** 31) return INTEGER;
    if (value >= 0 && value < 2 ** 48) return LONG;
  }
  return Object.is(Math.fround(value), value) ? FLOAT : DOUBLE;
}

function readField(view: DataView, at: number, code: number): number {
  switch (code) {
    case ZERO:
      return 0;
    case NAN:
      return Number.NaN;
    case BYTE:
      return view.getUint8(at);
    case SHORT:
      return view.getUint16(at, true);
    case INTEGER:
      return view.getInt32(at, true);
    case LONG:
      return view.getUint32(at, true) + 2 ** 32 * view.getUint16(at + 4, true);
    case FLOAT:
      return view.getFloat32(at, true);
    case DOUBLE:
      return view.getFloat64(at, true);
    default:
      throw new RangeError(`no field has the code ${code}`);
  }
}
