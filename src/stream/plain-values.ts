/**
 * `count` values from `start`, without copying where the column already is an array of numbers. 64-bit integers become
 * numbers where that is exact (times, counts) and stay bigints where not (ids).
 */
export function plainValues(values: ArrayLike<unknown>, start: number, count: number): ArrayLike<unknown> {
  if (isNumberArray(values)) return values.subarray(start, start + count);
  const plain: unknown[] = [];
  for (let row = start; row < start + count; row++) plain.push(plainValue(values[row]));
  return plain;
}

export function plainValue(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function isNumberArray(values: ArrayLike<unknown>): values is Float64Array {
  return (
    ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)
  );
}
