import { findFlights, readFlights } from "../../src/commands/demo/flights.ts";
import { binsSection } from "../statistics/series.ts";
import {
  findChanges,
  followOn,
  leaveOneOut,
  learnStream,
  readTable,
  windowsOf,
  type StreamOutcome,
} from "./real.ts";

const HOUR = 3_600_000;
const JANUARY_ENDS = Date.UTC(2001, 1, 1);

export interface NamedStream extends StreamOutcome {
  readonly name: string;
}

/** January's flights by the hour, each hour held against the others. */
export async function judgeFlights(): Promise<NamedStream[]> {
  const times: number[] = [];
  const distance: number[] = [];
  const delay: number[] = [];
  for await (const chunk of readFlights(findFlights())) {
    for (let row = 0; row < chunk.rows && chunk.time[row] < JANUARY_ENDS; row += 1) {
      times.push(chunk.time[row]);
      distance.push(chunk.distance[row]);
      delay.push(chunk.delay[row]);
    }
    if (chunk.time[chunk.rows - 1] >= JANUARY_ENDS) break;
  }
  const windows = windowsOf(times, HOUR);
  return [
    { name: "flights, distance, hours of January", values: distance },
    { name: "flights, delay, hours of January", values: delay },
  ].map(({ name, values }) => {
    const learnt = learnStream({ values: Float64Array.from(values), windows, size: HOUR });
    return { name, ...leaveOneOut(learnt) };
  });
}

/** The first three fifths are the reference, the rest is judged. */
function judgeTail(options: {
  name: string;
  values: Float64Array;
  windows: { from: number; to: number }[];
  size: number;
}): NamedStream {
  const { name, values, windows, size } = options;
  const cut = Math.floor(windows.length * 0.6);
  const learnt = learnStream({ values, windows: windows.slice(0, cut), size });
  const later = windows.slice(cut).map(({ from, to }) => binsSection(learnt.grid, values.subarray(from, to)));
  return { name, ...followOn(learnt, later) };
}

/** An hour of requests to a language model, by the minute. `data` is test/honesty/data/. */
export function judgeConversations(data: URL): NamedStream[] {
  const table = readTable(new URL("azure-conversations.csv.gz", data));
  const windows = windowsOf(table.get("ms") ?? [], 60_000);
  return ["context", "generated"].map((column) =>
    judgeTail({
      name: `Azure conversations, ${column} tokens, minutes`,
      values: table.get(column) ?? new Float64Array(0),
      windows,
      size: 60_000,
    }),
  );
}

/** Half-hourly rows, by the five days. */
export function judgeElectricity(data: URL): NamedStream[] {
  const table = readTable(new URL("electricity.csv.gz", data));
  const size = 5 * 24 * HOUR;
  return [...table].map(([column, values]) => {
    const times = Float64Array.from(values, (_, row) => (row * HOUR) / 2);
    return judgeTail({
      name: `electricity, ${column}, five days`,
      values,
      windows: windowsOf(times, size),
      size,
    });
  });
}

/** The rows at which the species mix changes. */
export const INSECT_CHANGES = [1_775, 3_550] as const;

/** Insects under a laser: windows of 100 rows, looked at every 20, one false alarm accepted in all looks and columns. */
export function judgeInsects(data: URL): { readonly at: number; readonly columns: readonly string[] }[] {
  const table = readTable(new URL("insects.csv.gz", data));
  const every = 20;
  const looks = 5_325 / every;
  return findChanges({ table, reference: 1_000, window: 100, every, level: 0.8 / (table.size * looks) });
}
