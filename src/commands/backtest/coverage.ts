import { CodedError } from "../../config/coded-error.ts";
import type { FieldSource, StreamConfig } from "../../config/config.ts";
import type { StreamLedger } from "../../event/ledger.ts";
import { DROP_REASONS } from "../../event/reason.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { Rule } from "../../rules/model.ts";
import { hasLabels } from "../../engine/task-groups.ts";
import { isByClock, isOfLabels } from "./findings.ts";
import type { Replay } from "../replay/replay.ts";
import { formatCount } from "../../verdict/quantities.ts";
import { plural } from "../text.ts";
import { formatTime } from "./names.ts";
import type { HistoryPlan } from "./source-arguments.ts";
import type { Span } from "./span.ts";

interface Read {
  readonly plans: readonly HistoryPlan[];
  readonly span: Span;
}

/** @throws CodedError SOURCE_INVALID where nothing of a stream of events could be judged: no alert would look like good news */
export function checkCoverage(replay: Replay, { plans, span }: Read): void {
  const ledgers = replay.ledgers();
  for (const { stream, files } of plans) {
    const ledger = ledgers[stream.name];
    if (stream.role === "labels" || ledger === undefined) continue;
    const place = files[0] ?? `kafka:${stream.topic ?? ""}`;
    const problem = problemOf(ledger, { stream, passedOver: replay.passedOver.get(stream.name) ?? 0, span });
    if (problem !== undefined) throw new CodedError("SOURCE_INVALID", `${place}: ${problem}`);
  }
  const { until } = span;
  if (until !== undefined && replay.oldest() >= until) {
    const message = `There is no event between --since and --until: the first is of ${formatTime(replay.oldest())} UTC.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  if (replay.oldest() === Number.POSITIVE_INFINITY || (span.since ?? 0) > replay.now()) {
    const message = `There is no event at or after --since: the last is of ${formatTime(replay.now())} UTC.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
}

interface Circumstances {
  readonly stream: StreamConfig;
  readonly passedOver: number;
  readonly span: Span;
}

/** Why nothing of a stream could be judged; undefined where something could. */
function problemOf(ledger: StreamLedger, { stream, passedOver, span }: Circumstances): string | undefined {
  const { name, format, map } = stream;
  const { decoded, undecodable, received, dropped } = ledger;
  const records = decoded + undecodable + ledger.ignored + ledger.oversize;
  if (records + passedOver === 0) return "it has no rows.";
  const no = (noun: string, count: number): string => `no ${noun} (of ${formatCount(count)})`;
  if (records === 0) {
    return `${no("row", passedOver)} is of ${formatTime(span.since ?? 0)} UTC or later. Check --since.`;
  }
  if (decoded === 0) {
    return `${no("record", records)} can be read as ${format}. Say under streams.${name} in driftd.yaml what they are: format and map.`;
  }
  if (received === 0)
    return `${no("record", records)} holds an event. Check format and map of streams.${name}.`;
  if (dropped["unknown-model"] === received) {
    return `${no("row", received)} is of a model that a rule file describes. Check streams.${name}.map.model in driftd.yaml, or describe the model with: driftd init SOURCE`;
  }
  if (dropped.invalid === received) {
    const place = map.time === undefined ? "where its format has it" : `at ${sourceText(map.time)}`;
    return `${no("row", received)} has an id, a model and an event time that can be used. The time is looked for ${place}, and must be neither before 2000 nor ahead of this machine's clock; correct streams.${name}.map in driftd.yaml, or the clock.`;
  }
  if (ledger.measured + ledger.waiting === 0) {
    const reasons = DROP_REASONS.filter((reason) => dropped[reason] > 0);
    const counted = reasons.map((reason) => `${formatCount(dropped[reason])} ${reason}`).join(", ");
    return `${no("row", received)} could be counted: ${counted}. Check streams.${name} in driftd.yaml.`;
  }
  return undefined;
}

function sourceText(source: FieldSource): string {
  return JSON.stringify(Object.values(source)[0]);
}

interface Configured {
  readonly plans: readonly HistoryPlan[];
  /** Of the configuration, whether they have a source or not. */
  readonly streams: readonly StreamConfig[];
  readonly models: readonly FittedModel[];
}

/** What was not judged of what the rule files ask for, in sentences. */
export function notesOf(replay: Replay, { plans, streams, models }: Configured): string[] {
  const isGiven = (name: string): boolean => plans.some(({ stream }) => stream.name === name);
  const rules = models.flatMap(({ model }) => model.rules);
  const notes: string[] = [];
  const waiting = models.filter(
    ({ model, labels }) => labels === undefined && hasLabels(model.name, streams),
  );
  const ofLabels = namesOf(waiting.flatMap(({ model }) => model.rules.filter(isOfLabels)));
  for (const { name, role, of } of streams) {
    if (role !== "labels" || isGiven(name) || !isGiven(of ?? "") || ofLabels.length === 0) continue;
    notes.push(
      `No source was given for ${name}, so nothing that needs labels was judged (${ofLabels.join(", ")}). Add ${name}=PATH.`,
    );
  }
  const byClock = namesOf(rules.filter(isByClock));
  if (byClock.length > 0) {
    const verb = byClock.length === 1 ? "goes" : "go";
    notes.push(`${listOf(byClock)} ${verb} by the wall clock, which history has none of: not judged.`);
  }
  for (const [stream, { dropped }] of Object.entries(replay.ledgers())) {
    if (dropped["unknown-model"] === 0) continue;
    const rows = plural(dropped["unknown-model"], "row");
    notes.push(
      `${rows} of ${stream} name a model that no rule file describes. Describe it with: driftd init SOURCE`,
    );
  }
  return notes;
}

function namesOf(rules: readonly Rule[]): string[] {
  return [...new Set(rules.map(({ alert }) => alert))];
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
