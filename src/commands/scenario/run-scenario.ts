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
import { findReviewProblems } from "./review-expectation.ts";
import { openReviewedRows } from "./reviewed-rows.ts";
import type { Reviewed } from "./reviewed-rows.ts";
import { isOfReview } from "./scenario.ts";
import type { Expectation, Scenario } from "./scenario.ts";
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
  /** Of that run too: what met the rules of which something is expected to be picked. */
  readonly reviewed: readonly Reviewed[];
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
  readonly reviewed: readonly Reviewed[];
  readonly occasion: Occasion;
}

/** Plays a scenario as often as it says, and holds what fired against what was expected. */
export async function runScenario(scenario: Scenario, stage: Stage): Promise<Outcome> {
  const { name, expect, repeat, atLeast } = scenario;
  const ofReview = expect.filter(isOfReview);
  const ofAlerts = expect.filter((expectation): expectation is Expectation => !isOfReview(expectation));
  let passed = 0;
  let failed:
    | {
        readonly played: Played;
        readonly problems: readonly Problem[];
        readonly told: readonly string[];
        readonly run: number;
      }
    | undefined;
  let last: Played | undefined;
  for (let run = 0; run < repeat; run += 1) {
    last = await play(scenario, stage, run);
    const problems = findProblems(ofAlerts, last.firings, last.occasion);
    const told = findReviewProblems(ofReview, last.reviewed, last.occasion);
    if (problems.length + told.length === 0) passed += 1;
    else failed ??= { played: last, problems, told, run };
  }
  const ok = passed >= atLeast;
  const shown = ok ? last : (failed?.played ?? last);
  const problems: string[] = [];
  for (const problem of ok ? [] : (failed?.problems ?? [])) {
    problems.push(await explain(problem, { scenario, stage, run: failed?.run ?? 0 }));
  }
  problems.push(...(ok ? [] : (failed?.told ?? [])));
  const { firings = [], reviewed = [], occasion } = shown ?? {};
  return { name, ok, runs: repeat, passed, problems, firings, reviewed, start: occasion?.start ?? 0 };
}

async function play(
  { name, story, repeat, expect }: Scenario,
  { fitted, config, progress, signal }: Stage,
  run: number,
): Promise<Played> {
  const asked = new Set(expect.filter(isOfReview).map(({ review }) => review));
  if (story.kind === "steps") {
    return { firings: playSteps(story, fitted.model), reviewed: [], occasion: occasionOf(story) };
  }
  if (story.kind === "replay") {
    const { firings, reviewed, ...recorded } = await playRecorded({ story, fitted, config, asked, signal });
    return { firings, reviewed, occasion: occasionOf(story, recorded) };
  }
  const what = repeat === 1 ? name : `${name} (run ${run + 1} of ${repeat})`;
  const onProgress = (done: number): void => progress.show(what, done);
  const seed = story.seed + run;
  const reviewed = openReviewedRows({ fitted, story: { ...story, seed }, asked });
  const onRows = asked.size === 0 ? {} : { onRows: reviewed.add };
  const transitions = await simulate({ fitted, story, seed, ...onRows, onProgress, signal });
  return { firings: firingsOf(transitions), reviewed: reviewed.found, occasion: occasionOf(story) };
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
