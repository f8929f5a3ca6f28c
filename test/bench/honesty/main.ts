import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { measureComparisons } from "./comparisons.ts";
import { measureMarginal } from "./marginal.ts";
import { measureMonths, measureRivalMonths } from "./months.ts";
import { renderHonesty, type Results } from "./page.ts";
import { CHANGES, measurePower, type PowerOutcome } from "../../honesty/power.ts";
import { judgeConversations, judgeElectricity, judgeFlights, judgeInsects } from "../../honesty/streams.ts";
import { measureMutations } from "./mutations.ts";
import { measureSeasons } from "./seasons.ts";

/*
 * How honest alarms are (SIGNIFICANCE 8), measured in full and written to docs/HONESTY.md. Arguments: the parts to measure
 * anew, all by default; --quick measures a tenth. What was measured before and is not asked for is kept.
 */
const HERE = new URL("./", import.meta.url);
const KEPT = new URL("results/", HERE);
/** From dist/honesty/test/bench/honesty. */
const ROOT = new URL("../../../../../", HERE);
const PAGE = new URL("docs/HONESTY.md", ROOT);
const DATA = new URL("test/honesty/data/", ROOT);

const isQuick = process.argv.includes("--quick");
const scale = isQuick ? 0.1 : 1;

const PARTS: { readonly [Part in keyof Results]: () => Promise<Results[Part]> | Results[Part] } = {
  marginal: () => {
    const before = process.cpuUsage().user;
    return measureMarginal(scale, say, (cells) => keep("marginal", before, cells));
  },
  seasons: () => {
    const before = process.cpuUsage().user;
    return measureSeasons(scale, say, (cells) => keep("seasons", before, cells));
  },
  comparisons: () => {
    const before = process.cpuUsage().user;
    return measureComparisons(scale, say, (cells) => keep("comparisons", before, cells));
  },
  months: () => {
    const before = process.cpuUsage().user;
    return measureMonths(scale, say, (months) => keep("months", before, months));
  },
  rivals: () => measureRivalMonths(scale, say),
  power: measureAllPower,
  streams: async () => [...(await judgeFlights()), ...judgeConversations(DATA), ...judgeElectricity(DATA)],
  insects: () => judgeInsects(DATA),
  mutations: () => measureMutations(say),
};

function measureAllPower(): PowerOutcome[] {
  return [200, 720].flatMap((k) =>
    CHANGES.map((change) => {
      say(`power: ${change.stream}, ${change.change}, K ${k}`);
      return measurePower({ change, rows: 2_000, k, references: Math.round(50 * scale), windows: 400 });
    }),
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function isPart(name: string): name is Extract<keyof Results, string> {
  return Object.hasOwn(PARTS, name);
}

async function measureAll(): Promise<void> {
  const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const unknown = named.filter((name) => !isPart(name));
  if (unknown.length > 0) {
    say(`No part ${unknown.join(", ")}. There are: ${Object.keys(PARTS).join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(KEPT, { recursive: true });
  for (const name of Object.keys(PARTS).filter(isPart)) {
    if (named.length > 0 && !named.includes(name)) continue;
    const before = process.cpuUsage().user;
    const result = await PARTS[name]();
    keep(name, before, result);
  }
  await writePage();
}

function keep(name: keyof Results, before: number, result: unknown): void {
  const seconds = (process.cpuUsage().user - before) / 1e6;
  writeFileSync(new URL(`${name}.json`, KEPT), JSON.stringify({ seconds, result }, replaceMaps));
}

async function writePage(): Promise<void> {
  const kept = Object.fromEntries(
    Object.keys(PARTS).map((name) => [name, new URL(`${name}.json`, KEPT)] as const),
  );
  const lacking = Object.entries(kept).filter(([, url]) => !existsSync(url));
  if (lacking.length > 0) {
    say(`Nothing written yet: ${lacking.map(([name]) => name).join(", ")} not measured.`);
    return;
  }
  const read = Object.entries(kept).map(([name, url]) => {
    // Written above, by this program.
    const { seconds, result } = JSON.parse(readFileSync(url, "utf8"), reviveMaps) as {
      seconds: number;
      result: unknown;
    };
    return { name, seconds, result };
  });
  const results = Object.fromEntries(read.map(({ name, result }) => [name, result])) as unknown as Results;
  const seconds = new Map(read.map((one) => [one.name, one.seconds]));
  const machine = `${cpus()[0]?.model.trim() ?? "unknown processor"}, node ${process.version}`;
  const options = await resolveConfig(fileURLToPath(PAGE));
  const text = renderHonesty({ results, seconds, machine, isQuick });
  writeFileSync(PAGE, await format(text, { ...options, parser: "markdown" }));
}

/** Maps as lists of pairs, marked. */
function replaceMaps(_key: string, value: unknown): unknown {
  return value instanceof Map ? { map: [...value] } : value;
}

function reviveMaps(_key: string, value: unknown): unknown {
  const isMap = typeof value === "object" && value !== null && "map" in value && Array.isArray(value.map);
  return isMap ? new Map(value.map as [unknown, unknown][]) : value;
}

await measureAll();
