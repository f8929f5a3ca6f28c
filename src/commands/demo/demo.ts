import { HOUR, MINUTE } from "../../config/quantity.ts";
import type { CommandIo } from "../io.ts";
import { addRoutes, emptyRouteCounts, fitDelayModel } from "./delay-model.ts";
import type { DelayModel } from "./delay-model.ts";
import { generateEvents } from "./events.ts";
import type { Slice } from "./events.ts";
import { FAULTS } from "./faults.ts";
import { findFlights, readFlights } from "./flights.ts";
import type { FlightChunk } from "./flights.ts";
import { renderIntroduction } from "./introduction.ts";
import { DEMO_RULES, demoStreams } from "./monitor.ts";
import type { Monitor, StartMonitor } from "./monitor.ts";
import { openReplay, replaySlices, reportReplay } from "./replay.ts";
import { isMissed, reportJson } from "./report.ts";
import { renderReport } from "./report-text.ts";
import { openScreen } from "./screen.ts";
import type { Screen } from "./screen.ts";
import { wrap } from "../text.ts";

export interface DemoOptions {
  /** End after the table instead of serving until the signal. */
  readonly exit: boolean;
  /** Seconds of event time per second; Infinity for as fast as it goes. */
  readonly speed: number;
  /** One JSON object instead of text. */
  readonly json: boolean;
  /** Break the stream on purpose. */
  readonly faults: boolean;
}

export interface Demo {
  readonly io: CommandIo;
  readonly options: DemoOptions;
  readonly start: StartMonitor;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** A fresh reading of the flights; the package's where it is not given. */
  readonly flights?: () => AsyncIterable<FlightChunk>;
  /** What is replayed, ms since the epoch; February to June where it is not given. */
  readonly span?: { readonly from: number; readonly to: number };
}

const JANUARY = Date.UTC(2001, 0, 1);
const FEBRUARY = Date.UTC(2001, 1, 1);
/** The file ends with a few flights of 1 July. */
const END = Date.UTC(2001, 6, 2);

/**
 * Fits the delay model on January, lets the monitor build its reference from January, replays the rest, says what was
 * found. Resolves to the exit status: 1 if a fault was missed.
 */
export async function runDemo(demo: Demo): Promise<0 | 1> {
  const { io, options, clock } = demo;
  const began = clock();
  const screen = openScreen(io);
  screen.progress.announce("January: fitting the model, building the reference ...");
  const flights = demo.flights ?? (() => readFlights(findFlights()));
  const model = await fitJanuary(flights());
  const january = (): AsyncIterable<Slice> => readJanuary(flights(), model);
  const start = { rules: DEMO_RULES, streams: demoStreams(), january, signal: io.signal };
  const monitor = await demo.start(start).catch((error: unknown) => {
    screen.progress.clear();
    // Whoever stops it before it has begun wants to hear no more of it.
    if (io.signal.aborted) return undefined;
    throw error;
  });
  if (monitor === undefined) return 0;
  try {
    const span = demo.span ?? { from: FEBRUARY, to: END };
    const faults = options.faults ? FAULTS.filter(({ from, to }) => from >= span.from && to <= span.to) : [];
    const { speed, json } = options;
    const { style } = screen;
    if (!json) screen.say(renderIntroduction(faults, monitor.metricsUrl, style));
    const replay = openReplay({ monitor, screen, faults, span, speed, json, signal: io.signal, clock });
    const slice = sliceFor(speed);
    await replaySlices(
      replay,
      generateEvents({ chunks: flights(), model, faults, ...span, slice, outcomes: "apart" }),
    );
    const report = reportReplay(replay, (clock() - began) / 1000);
    screen.say(json ? `${JSON.stringify(reportJson(report))}\n` : `\n${renderReport(report, style)}`);
    if (!options.exit) await serve(demo, monitor, screen);
    return report.faults.some(isMissed) ? 1 : 0;
  } finally {
    await monitor.close();
  }
}

async function fitJanuary(chunks: AsyncIterable<FlightChunk>): Promise<DelayModel> {
  const counts = emptyRouteCounts();
  for await (const chunk of chunks) {
    if ((chunk.time[0] ?? FEBRUARY) >= FEBRUARY) break;
    addRoutes(counts, chunk, FEBRUARY);
  }
  return fitDelayModel(counts);
}

/** What the reference is made of: each event with its outcome. */
function readJanuary(chunks: AsyncIterable<FlightChunk>, model: DelayModel): AsyncGenerator<Slice> {
  return generateEvents({
    chunks,
    model,
    faults: [],
    from: JANUARY,
    to: FEBRUARY,
    slice: HOUR,
    outcomes: "inside",
  });
}

/** Slow motion shows every few minutes as they come; at full speed a slice is an hour. */
function sliceFor(speed: number): number {
  const quarterSecond = (speed * 1000) / 4;
  return Math.min(HOUR, Math.max(MINUTE, Math.floor(quarterSecond / MINUTE) * MINUTE));
}

async function serve({ io, options }: Demo, { metricsUrl }: Monitor, screen: Screen): Promise<void> {
  if (io.signal.aborted) return;
  const where = metricsUrl === undefined ? "" : ` Metrics stay at ${metricsUrl}.`;
  const text = `The stream has ended.${where} Press Ctrl-C to end.`;
  if (!options.json) screen.say(`\n${wrap(text, "", screen.style.width)}\n`);
  await new Promise<void>((resolve) => {
    io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
