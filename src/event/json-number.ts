/** The powers of ten that float64 holds exactly. */
const TENS = Float64Array.of(
  1,
  1e1,
  1e2,
  1e3,
  1e4,
  1e5,
  1e6,
  1e7,
  1e8,
  1e9,
  1e10,
  1e11,
  1e12,
  1e13,
  1e14,
  1e15,
  1e16,
  1e17,
  1e18,
  1e19,
  1e20,
  1e21,
  1e22,
);

/**
 * Reads the JSON number at `start` into `into[index]` and returns the position after it, or -1 if it is not one by RFC 8259.
 * The value is bit for bit that of `Number(text)`; beyond the range of float64 it is an infinity. There is no result object
 * and no result by value: nothing is made per number.
 */
export function readNumber(bytes: Uint8Array, start: number, into: Float64Array, index: number): number {
  const end = bytes.length;
  const negative = bytes[start] === 0x2d;
  const first = negative ? start + 1 : start;
  let at = first;
  // Nine digits fit an integer of 32 bits.
  let high = 0;
  for (const stop = Math.min(first + 9, end); at < stop; at++) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) break;
    high = (Math.imul(high, 10) + digit) | 0;
  }
  const whole = at - first;
  let next = at < end ? bytes[at] - 0x30 : SPACE;
  if (whole === 0 || (whole > 1 && bytes[first] === 0x30) || continuesNumber(next)) {
    return readAnyNumber(bytes, start, into, index);
  }
  if (next !== POINT) {
    into[index] = negative ? -high : high;
    return at;
  }
  const point = ++at;
  for (const stop = Math.min(first + 10, end); at < stop; at++) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) break;
    high = (Math.imul(high, 10) + digit) | 0;
  }
  next = at < end ? bytes[at] - 0x30 : SPACE;
  if (at > point && !continuesNumber(next)) {
    const value = high / TENS[at - point];
    into[index] = negative ? -value : value;
    return at;
  }
  // Nine more.
  const middle = at;
  let low = 0;
  for (const stop = Math.min(middle + 9, end); at < stop; at++) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) break;
    low = (Math.imul(low, 10) + digit) | 0;
  }
  next = at < end ? bytes[at] - 0x30 : SPACE;
  if (at === point || continuesNumber(next)) return readAnyNumber(bytes, start, into, index);
  const scale = TENS[at - middle];
  const divisor = TENS[at - point];
  const value = at - first <= 16 ? (high * scale + low) / divisor : divideWide(high, low, scale, divisor);
  // NaN: too near the middle between two floats.
  if (value !== value) return readAnyNumber(bytes, start, into, index);
  into[index] = negative ? -value : value;
  return at;
}

/** Whether a character (its code less that of 0) after digits is a further digit or begins an exponent. */
function continuesNumber(next: number): boolean {
  return (next >= 0 && next <= 9) || next === SMALL_E || next === LARGE_E;
}

/** These characters' codes, less that of 0. */
const SPACE = 0x20 - 0x30;
const POINT = 0x2e - 0x30;
const SMALL_E = 0x65 - 0x30;
const LARGE_E = 0x45 - 0x30;

/** readNumber for all numbers. */
function readAnyNumber(bytes: Uint8Array, start: number, into: Float64Array, index: number): number {
  const end = bytes.length;
  const first = bytes[start] === 0x2d ? start + 1 : start;
  let at = first;
  let point = -1;
  let high = 0; // the first nine significant digits
  let low = 0; // the next nine
  let highDigits = 0;
  let lowDigits = 0;
  for (; at < end && highDigits < 9; at++) {
    const digit = bytes[at] - 0x30;
    if (digit >= 0 && digit <= 9) {
      high = (Math.imul(high, 10) + digit) | 0;
      if (high !== 0) highDigits++;
    } else if (digit === POINT && point < 0) point = at;
    else break;
  }
  for (; at < end && lowDigits < 9; at++) {
    const digit = bytes[at] - 0x30;
    if (digit >= 0 && digit <= 9) {
      low = (Math.imul(low, 10) + digit) | 0;
      lowDigits++;
    } else if (digit === POINT && point < 0) point = at;
    else break;
  }
  const wholeEnd = point < 0 ? at : point;
  if (wholeEnd === first || (bytes[first] === 0x30 && wholeEnd > first + 1) || at === point + 1) return -1;
  let exponent = point < 0 ? 0 : point + 1 - at;
  let stop = at;
  let isWhole = true;
  const next = at < end ? bytes[at] - 0x30 : SPACE;
  if (next === SMALL_E || next === LARGE_E) {
    stop = skipExponent(bytes, at + 1);
    if (stop < 0) return -1;
    exponent += readExponent(bytes, at + 1, stop);
  } else if ((next >= 0 && next <= 9) || (next === POINT && point < 0)) {
    isWhole = false;
    stop = skipNumber(bytes, start);
    if (stop < 0) return -1;
  }
  let value = NaN;
  if (isWhole && highDigits + lowDigits <= 15) value = scaleExactly(high * TENS[lowDigits] + low, exponent);
  else if (isWhole && exponent <= 0 && exponent >= -22) {
    value = divideWide(high, low, TENS[lowDigits], TENS[-exponent]);
  }
  // NaN: none of the quick ways is sure of the last bit.
  if (value !== value) value = Math.abs(Number(asciiText(bytes, start, stop)));
  into[index] = first > start ? -value : value;
  return stop;
}

/** mantissa * 10^exponent where both are exact, so that one operation rounds once (Clinger 1990); else NaN. */
function scaleExactly(mantissa: number, exponent: number): number {
  if (exponent === 0) return mantissa;
  if (exponent < 0) return exponent >= -22 ? mantissa / TENS[-exponent] : NaN;
  return exponent <= 22 ? mantissa * TENS[exponent] : NaN;
}

/** The position after the JSON number at `at`, or -1. */
export function skipNumber(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x2d) at++;
  if (bytes[at] === 0x30) at++;
  else {
    const next = skipDigits(bytes, at);
    if (next === at) return -1;
    at = next;
  }
  if (bytes[at] === 0x2e) {
    const next = skipDigits(bytes, at + 1);
    if (next === at + 1) return -1;
    at = next;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) return skipExponent(bytes, at + 1);
  return at;
}

/** Skips what follows the e; -1 without a digit. */
function skipExponent(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
  const next = skipDigits(bytes, at);
  return next === at ? -1 : next;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  const end = bytes.length;
  while (at < end && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++;
  return at;
}

/** The exponent between `at` and `stop`; beyond ten thousand it stops growing, for then it cannot be a quick one. */
function readExponent(bytes: Uint8Array, at: number, stop: number): number {
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  let exponent = 0;
  for (; at < stop; at++) {
    if (exponent < 10_000) exponent = exponent * 10 + (bytes[at] - 0x30);
  }
  return negative ? -exponent : exponent;
}

/**
 * (high * scale + low) / divisor, correctly rounded, or NaN where the result stands too near the middle between two floats
 * to be sure. high < 1e9, low < scale <= 1e9, divisor an exact power of ten.
 * The quotient is refined by its exact remainder (Dekker 1971, A floating-point technique for extending the precision).
 */
function divideWide(high: number, low: number, scale: number, divisor: number): number {
  // Each half of `high` has 15 bits, so both products are exact; their sum is kept as the pair (whole, rest).
  const upper = (high >>> 15) * 32_768 * scale;
  const lower = (high & 32_767) * scale + low;
  const whole = upper + lower;
  if (divisor === 1) return whole;
  const rest = lower - (whole - upper);
  const quotient = whole / divisor;
  const quotientUpper = upperHalf(quotient);
  const quotientLower = quotient - quotientUpper;
  const divisorUpper = upperHalf(divisor);
  const divisorLower = divisor - divisorUpper;
  const product = quotient * divisor;
  const productRest =
    quotientUpper * divisorUpper -
    product +
    quotientUpper * divisorLower +
    quotientLower * divisorUpper +
    quotientLower * divisorLower;
  const correction = (whole - product - productRest + rest) / divisor;
  const result = quotient + correction;
  const error = correction - (result - quotient);
  // `correction` is good to 2^-50 of itself; with a margin far above that, the rounding must come out the same.
  const margin = Math.abs(correction) * 1e-12;
  const doubtful = result + (error + margin) !== result || result + (error - margin) !== result;
  return doubtful ? NaN : result;
}

/** The upper 26 bits of a float (Veltkamp's split). */
function upperHalf(value: number): number {
  const shifted = value * 134_217_729;
  return shifted - (shifted - value);
}

/** ASCII bytes as a string. */
function asciiText(bytes: Uint8Array, start: number, stop: number): string {
  let text = "";
  for (let i = start; i < stop; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
