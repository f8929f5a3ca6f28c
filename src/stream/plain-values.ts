/**
 * A column as plain values: an array of float64 where every value is a number, which is a third of the memory. 64-bit
 * integers become numbers where that is exact (times, counts) and stay bigints where not (ids).
 */
export function plainColumn(values: ArrayLike<unknown>): ArrayLike<unknown> {
  if (isNumberArray(values)) return values;
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = plainValue(values[row]);
    if (typeof value !== "number") return Array.from(values, plainValue);
    numbers[row] = value;
  }
  return numbers;
}

export function plainValue(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Rows `start` to `end` of a column, without copying where it is an array of numbers. */
export function sliceColumn(values: ArrayLike<unknown>, start: number, end: number): ArrayLike<unknown> {
  return isNumberArray(values) ? values.subarray(start, end) : Array.prototype.slice.call(values, start, end);
}

function isNumberArray(values: ArrayLike<unknown>): values is Float64Array {
  return (
    ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)
  );
}
