/** Numbers as sentences say them: few digits, thousands apart. */
const FOUR_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A value of a column: `1,563`, `0.1402`, `3.1e-7`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e12) ? value.toExponential(1) : FOUR_DIGITS.format(value);
}

/** A measure's value or limit, to three digits: `0.266`, `0.02`. */
export function formatScore(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}

export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** `8%`, `3.2%`, `under 0.1%`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "under 0.1%";
  return `${Number((share * 100).toFixed(share < 0.0995 ? 1 : 0))}%`;
}

/** `from 8% to 19%`, with as many decimals as it takes to tell the two apart. */
export function formatChange(from: number, to: number): string {
  if (formatShare(from) !== formatShare(to)) return `from ${formatShare(from)} to ${formatShare(to)}`;
  return `from ${(from * 100).toFixed(2)}% to ${(to * 100).toFixed(2)}%`;
}

/** A probability: `1.1e-6`, never below what double arithmetic of tails is good for. */
export function formatProbability(p: number): string {
  if (p < 1e-12) return "below 1e-12";
  return p < 0.001 ? p.toExponential(1) : formatScore(p);
}

/** `90 s`, `5 min`, `3 h 2 min`, `2 d 4 h`; seconds. */
export function formatAge(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A model's version, which many give as a number alone: `v7`. */
export function formatVersion(version: string): string {
  return version.replace(/^(?=\d)/, "v");
}

/** UTC, to the minute; ms since the epoch. */
export function formatMoment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The numbers of a direction's name have all digits of a double: `at or above 0.30000000000000004` is `at or above 0.3`. */
export function shortenNumbers(text: string): string {
  return text.replaceAll(/\d+\.\d{4,}(?:e[+-]?\d+)?/g, (digits) => formatNumber(Number(digits)));
}
