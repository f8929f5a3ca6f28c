import type { Config } from "../../config/config.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { findProblems, occasionOf } from "./expectation.ts";
import type { Occasion, Problem } from "./expectation.ts";
import { firingsOf } from "./firing.ts";
import type { Firing } from "./firing.ts";
import { findHint } from "./hint.ts";
import { describePeak } from "./peak.ts";
import type { Progress } from "./progress.ts";
import { playRecorded } from "./recorded.ts";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulation.ts";
import { playSteps } from "./steps.ts";

/** What became of a scenario. */
export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly runs: number;
  /** Runs that went as expected. */
  readonly passed: number;
  /** Of the first run that did not, else []: one sentence for each expectation. */
  readonly problems: readonly string[];
  /** Of that run, else of the last one. */
  readonly firings: readonly Firing[];
  /** When that run began, ms since the epoch: what the scenario's own times count from. */
  readonly start: number;
}

export interface Stage {
  readonly fitted: FittedModel;
  /** driftd.yaml, whose streams recorded files are read as; absent where there is none. */
  readonly config: Config | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

interface Played {
  readonly firings: readonly Firing[];
  readonly occasion: Occasion;
}

/** Plays a scenario as often as it says, and holds what fired against what was expected. */
export async function runScenario(scenario: Scenario, stage: Stage): Promise<Outcome> {
  const { name, expect, repeat, atLeast } = scenario;
  let passed = 0;
  let failed:
    { readonly played: Played; readonly problems: readonly Problem[]; readonly run: number } | undefined;
  let last: Played | undefined;
  for (let run = 0; run < repeat; run += 1) {
    last = await play(scenario, stage, run);
    const problems = findProblems(expect, last.firings, last.occasion);
    if (problems.length === 0) passed += 1;
    else failed ??= { played: last, problems, run };
  }
  const ok = passed >= atLeast;
  const shown = ok ? last : (failed?.played ?? last);
  const problems: string[] = [];
  for (const problem of ok ? [] : (failed?.problems ?? [])) {
    problems.push(await explain(problem, { scenario, stage, run: failed?.run ?? 0 }));
  }
  const { firings = [], occasion } = shown ?? {};
  return { name, ok, runs: repeat, passed, problems, firings, start: occasion?.start ?? 0 };
}

async function play(
  { name, story, repeat }: Scenario,
  { fitted, config, progress, signal }: Stage,
  run: number,
): Promise<Played> {
  if (story.kind === "steps") return { firings: playSteps(story, fitted.model), occasion: occasionOf(story) };
  if (story.kind === "replay") {
    const recorded = await playRecorded({ story, fitted, config, signal });
    return { firings: recorded.firings, occasion: occasionOf(story, recorded) };
  }
  const what = repeat === 1 ? name : `${name} (run ${run + 1} of ${repeat})`;
  const onProgress = (done: number): void => progress.show(what, done);
  const transitions = await simulate({ fitted, story, seed: story.seed + run, onProgress, signal });
  return { firings: firingsOf(transitions), occasion: occasionOf(story) };
}

/** The subject, what was expected, and where it can be known how near it came and what would have seen it. */
async function explain(
  { expectation, kind, text, at = Number.POSITIVE_INFINITY }: Problem,
  { scenario, stage, run }: { readonly scenario: Scenario; readonly stage: Stage; readonly run: number },
): Promise<string> {
  const { alert, column, segment = {}, version } = expectation;
  const places = Object.entries(segment).map(([key, value]) => `${key}=${value}`);
  const subject = [alert, column, ...places, version].filter((part) => part !== undefined).join(" ");
  const { story } = scenario;
  const said = `${subject}: ${text}`;
  if (story.kind !== "synthetic" || (kind !== "silent" && kind !== "late")) return said;
  const { fitted, progress, signal } = stage;
  const onProgress = (done: number): void => progress.show(`${scenario.name}: why it failed`, done);
  const asked = { fitted, story, seed: story.seed + run, expectation, onProgress, signal };
  const peak = kind === "silent" && alert !== "*" ? `: ${await describePeak(asked)}` : "";
  const hint = await findHint({ ...asked, fired: at });
  return `${said}${peak}${hint === undefined ? "" : `; ${hint}`}`;
}
