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

/** More digits than this do not fit the two integers that the digits are gathered in. */
const MOST_DIGITS = 18;

/**
 * Reads the JSON number at `start` into `into[index]` and returns the position after it, or -1 if it is not one by RFC 8259.
 * The value is bit for bit that of `Number(text)`; beyond the range of float64 it is an infinity. There is no result object
 * and no result by value: nothing is made per number.
 */
export function readNumber(bytes: Uint8Array, start: number, into: Float64Array, index: number): number {
  const end = bytes.length;
  const negative = bytes[start] === 0x2d;
  const first = negative ? start + 1 : start;
  // Nine digits fit an integer of 32 bits: most numbers end here.
  const stop = Math.min(first + 9, end);
  let at = first;
  let mantissa = 0;
  let digit = 0;
  while (at < stop) {
    digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) break;
    mantissa = (Math.imul(mantissa, 10) + digit) | 0;
    at++;
  }
  const whole = at - first;
  if (whole === 0 || at >= stop || (bytes[first] === 0x30 && whole > 1))
    return readAnyNumber(bytes, start, into, index);
  if (digit !== POINT) {
    if (digit === SMALL_E || digit === LARGE_E) return readAnyNumber(bytes, start, into, index);
    into[index] = negative ? -mantissa : mantissa;
    return at;
  }
  at++;
  const point = at;
  const last = Math.min(stop + 1, end);
  while (at < last) {
    digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) break;
    mantissa = (Math.imul(mantissa, 10) + digit) | 0;
    at++;
  }
  if (at === point || at >= last || digit === SMALL_E || digit === LARGE_E) {
    return readAnyNumber(bytes, start, into, index);
  }
  const value = mantissa / TENS[at - point];
  into[index] = negative ? -value : value;
  return at;
}

/** These characters' codes, less that of 0. */
const POINT = 0x2e - 0x30;
const SMALL_E = 0x65 - 0x30;
const LARGE_E = 0x45 - 0x30;

/** readNumber for all numbers. */
function readAnyNumber(bytes: Uint8Array, start: number, into: Float64Array, index: number): number {
  const end = bytes.length;
  const negative = bytes[start] === 0x2d;
  let at = negative ? start + 1 : start;
  let high = 0; // the first nine significant digits
  let low = 0; // the next nine
  let digits = 0;
  let exponent = 0;
  let byte = at < end ? bytes[at] : 0;
  if (byte === 0x30) {
    at++;
    byte = at < end ? bytes[at] : 0;
    if (byte >= 0x30 && byte <= 0x39) return -1;
  } else {
    if (byte < 0x31 || byte > 0x39) return -1;
    while (byte >= 0x30 && byte <= 0x39) {
      if (digits < 9) high = high * 10 + (byte - 0x30);
      else if (digits < MOST_DIGITS) low = low * 10 + (byte - 0x30);
      digits++;
      at++;
      byte = at < end ? bytes[at] : 0;
    }
  }
  if (byte === 0x2e) {
    at++;
    byte = at < end ? bytes[at] : 0;
    if (byte < 0x30 || byte > 0x39) return -1;
    const first = at;
    if (digits === 0) {
      while (byte === 0x30) {
        at++;
        byte = at < end ? bytes[at] : 0;
      }
    }
    while (byte >= 0x30 && byte <= 0x39) {
      if (digits < 9) high = high * 10 + (byte - 0x30);
      else if (digits < MOST_DIGITS) low = low * 10 + (byte - 0x30);
      digits++;
      at++;
      byte = at < end ? bytes[at] : 0;
    }
    exponent = first - at;
  }
  if (byte === 0x65 || byte === 0x45) {
    const next = skipExponent(bytes, at + 1);
    if (next < 0) return -1;
    exponent += readExponent(bytes, at + 1, next);
    at = next;
  }
  let value = NaN;
  if (digits <= 15) {
    // Clinger 1990: both operands are exact, so one operation rounds once.
    const mantissa = digits <= 9 ? high : high * TENS[digits - 9] + low;
    if (exponent === 0) value = mantissa;
    else if (exponent < 0 && exponent >= -22) value = mantissa / TENS[-exponent];
    else if (exponent > 0 && exponent <= 22) value = mantissa * TENS[exponent];
  } else if (digits <= MOST_DIGITS && exponent <= 0 && exponent >= -22) {
    value = divideWide(high, low, TENS[digits - 9], TENS[-exponent]);
  }
  // NaN: none of the quick ways is sure of the last bit.
  if (value !== value) value = Math.abs(Number(asciiText(bytes, start, at)));
  into[index] = negative ? -value : value;
  return at;
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
export function asciiText(bytes: Uint8Array, start: number, stop: number): string {
  let text = "";
  for (let i = start; i < stop; i++) text += String.fromCharCode(bytes[i]);
  return text;
}
