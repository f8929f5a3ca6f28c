import { cpuMicros } from "./machine.mjs";
import { median } from "./table.mjs";

/**
 * Median nanoseconds of CPU per unit of work, of each variant by name: the rounds of all variants are interleaved, so that
 * whatever else the machine does weighs on all of them. `units` is how much one call of a variant does.
 */
export function timeVariants(variants, { units, rounds = 31, warmUps = 3 }) {
  const samples = new Map(Object.keys(variants).map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const [name, work] of Object.entries(variants)) {
      const before = cpuMicros();
      work();
      if (round >= 0) samples.get(name).push(((cpuMicros() - before) * 1_000) / units);
    }
  }
  return Object.fromEntries([...samples].map(([name, times]) => [name, median(times)]));
}
