import { momentsOf, normalise } from "./parts.ts";
import type { Part, Span } from "./parts.ts";
import type { ColumnEffect } from "./scenario.ts";

/** How a column's values lie once a change has come. Shifts of `sd` are in those of the parts as they are. */
export function changeParts(parts: readonly Part[], effect: ColumnEffect): Part[] {
  switch (effect.kind) {
    case "shift": {
      const by = effect.unit === "sd" ? effect.by * momentsOf(parts).sd : effect.by;
      return parts.map((part) => (part.kind === "span" ? moveSpan(part, 1, by) : part));
    }
    case "scale":
      return parts.map((part) => (part.kind === "span" ? moveSpan(part, effect.by, 0) : part));
    case "nulls":
      return mixParts(parts, [{ kind: "missing", share: 1 }], effect.share);
    case "invalid":
      return mixParts(parts, [{ kind: "invalid", share: 1 }], effect.share);
    case "newCategory":
      return mixParts(parts, [{ kind: "category", share: 1 }], effect.share);
    case "shares":
      return setShares(parts, effect.shares);
  }
}

/** That share of the rows is as `others` say, the rest as before. */
export function mixParts(parts: readonly Part[], others: readonly Part[], share: number): Part[] {
  if (share >= 1) return [...others];
  if (share <= 0) return [...parts];
  return [
    ...parts.map((part) => ({ ...part, share: part.share * (1 - share) })),
    ...others.map((part) => ({ ...part, share: part.share * share })),
  ];
}

/** x becomes factor x + by; a negative factor turns the span round. */
function moveSpan(span: Span, factor: number, by: number): Span {
  const ends = [span.from * factor + by, span.to * factor + by];
  return { ...span, from: Math.min(...ends), to: Math.max(...ends), mean: span.mean * factor + by };
}

/** The named categories have these shares of the values; all other values keep their proportions. */
function setShares(parts: readonly Part[], shares: Readonly<Record<string, number>>): Part[] {
  const isNamed = (part: Part): boolean =>
    part.kind === "category" && part.name !== undefined && part.name in shares;
  const isValue = (part: Part): boolean => part.kind === "category";
  const values = parts.filter(isValue).reduce((sum, { share }) => sum + share, 0);
  const rest = parts.filter((part) => isValue(part) && !isNamed(part));
  const restShare = rest.reduce((sum, { share }) => sum + share, 0);
  const named = Object.values(shares).reduce((sum, share) => sum + share, 0);
  const factor = restShare > 0 ? (values * Math.max(0, 1 - named)) / restShare : 0;
  return normalise([
    ...parts.filter((part) => !isValue(part)),
    ...rest.map((part) => ({ ...part, share: part.share * factor })),
    ...Object.entries(shares).map(([name, share]): Part => ({
      kind: "category",
      name,
      share: values * share,
    })),
  ]);
}
