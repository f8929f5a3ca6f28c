import type { Groups, SharedGroups } from "./groups.ts";

/** Groups that expect fewer on either side are one group together (Cochran 1954), so that the chi-square law holds. */
const LEAST_EXPECTED = 5;

/**
 * The groups with enough values, then the sum of all others where there are any; the very same groups where all have enough.
 * Both sides must have values.
 */
export function poolSmallGroups(groups: Groups, shared?: SharedGroups): Groups {
  if (shared === undefined) return pool(groups);
  shared.pooled ??= pool(groups);
  return shared.pooled;
}

function pool(groups: Groups): Groups {
  const { size, reference, window, n, m } = groups;
  const smaller = Math.min(n, m) / (n + m);
  let isEach = true;
  for (let group = 0; group < size && isEach; group += 1) {
    isEach = (reference[group] + window[group]) * smaller >= LEAST_EXPECTED;
  }
  if (isEach) return groups;
  const left = new Float64Array(size + 1);
  const right = new Float64Array(size + 1);
  let kept = 0;
  let pooledReference = 0;
  let pooledWindow = 0;
  for (let group = 0; group < size; group += 1) {
    const c = reference[group];
    const d = window[group];
    if ((c + d) * smaller < LEAST_EXPECTED) {
      pooledReference += c;
      pooledWindow += d;
    } else {
      left[kept] = c;
      right[kept] = d;
      kept += 1;
    }
  }
  if (pooledReference + pooledWindow > 0) {
    left[kept] = pooledReference;
    right[kept] = pooledWindow;
    kept += 1;
  }
  return { size: kept, reference: left, window: right, n, m };
}
