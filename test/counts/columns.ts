import { mulberry32 } from "../oracles/sample.ts";

/** Shapes of real columns that careless statistics trip over: `draw` makes n cells, null where missing. */
export interface AwkwardColumn {
  readonly name: string;
  readonly draw: (n: number, seed: number) => (number | null)[];
}

function column(name: string, cell: (u: () => number) => number | null): AwkwardColumn {
  return {
    name,
    draw: (n, seed) => {
      const u = mulberry32(seed);
      return Array.from({ length: n }, () => cell(u));
    },
  };
}

/** Centred, of spread 1. */
function bell(u: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += u();
  return sum;
}

export const AWKWARD_COLUMNS: readonly AwkwardColumn[] = [
  column("integers with atoms", (u) => (u() < 0.4 ? 7 : Math.floor(1_000 * u() * u()))),
  column("zero-inflated", (u) => (u() < 0.95 ? 0 : Math.exp(bell(u)))),
  column("constant", () => 42),
  column("constant zero", () => 0),
  column("near-constant", (u) => (u() < 0.998 ? 5 : 5 + 1e6 * bell(u))),
  column("all null", () => null),
  column("half null", (u) => (u() < 0.5 ? null : bell(u))),
  column("boolean as number", (u) => (u() < 0.3 ? 1 : 0)),
  column("huge range", (u) => (u() < 0.5 ? -1 : 1) * 10 ** (600 * u() - 300)),
  column("heavy tail", (u) => 1 / (1 - u()) ** 2),
  column("far from zero", (u) => 1e16 + 2 * Math.floor(100 * u())),
  column("next to zero", (u) => 1e-310 * bell(u)),
];
