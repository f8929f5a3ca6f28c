/**
 * Type-7 quantile (numpy's default) of the ascending finite values sorted[from..to): linear between the two order
 * statistics around (n - 1) q. Exact at both ends, monotone in q, and safe where b - a overflows. 0 <= q <= 1; NaN of nothing.
 */
export function quantile(sorted: Float64Array, q: number, range?: { from: number; to: number }): number {
  const from = range?.from ?? 0;
  const to = range?.to ?? sorted.length;
  if (to <= from) return Number.NaN;
  const position = (to - from - 1) * q;
  const below = Math.floor(position);
  const low = sorted[from + below] ?? Number.NaN;
  const high = sorted[Math.min(from + below + 1, to - 1)] ?? Number.NaN;
  return interpolate(low, high, position - below) + 0;
}

function interpolate(low: number, high: number, share: number): number {
  if (low === high || share === 0) return low;
  const distance = high - low;
  if (!Number.isFinite(distance)) return low * (1 - share) + high * share;
  // numpy measures from the nearer end, so that rounding never leaves [low, high].
  return share < 0.5 ? low + distance * share : high - distance * (1 - share);
}
