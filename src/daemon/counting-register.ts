import { createHash } from "node:crypto";
import type { StreamConfig } from "../config/config.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";

/** What decides counts, part by part: a name for people, and a hash. Limits, budgets and severities are none of it. */
type CountingParts = Readonly<Record<string, string>>;

export interface CountingOptions {
  readonly streams: readonly StreamConfig[];
  readonly models: readonly FittedModel[];
  /** Names the key under which ids and pii categories are hashed. */
  readonly keyId: string;
}

/** How new the configuration is that this daemon counts by, and its hash: members of a fleet that count alike have it in common. */
export interface Counting {
  /** The more, the later it was registered. */
  readonly order: number;
  readonly hash: string;
}

/**
 * Registers in the store what decides the counts of this daemon, and says in one line what is no longer as the last one had
 * it (STREAMING 8): counts of before and after are added up wherever their bins are the same, which nothing else would show.
 */
export async function registerCounting(store: Store, options: CountingOptions, log: Log): Promise<Counting> {
  const parts = countingParts(options);
  const text = JSON.stringify(parts);
  const { last, order } = await store.registerCounting(text);
  // A run that could not read anything has counted nothing either.
  const hasCounted = last !== undefined && last !== text && (await store.readLayouts()).length > 0;
  if (hasCounted) sayChange(last, parts, log);
  return { order, hash: hashOf(text) };
}

function sayChange(last: string, parts: CountingParts, log: Log): void {
  // Written by this function, whatever its version; the store guards it by a checksum.
  const changed = differences(JSON.parse(last) as CountingParts, parts);
  if (changed.length === 0) return;
  log.warn(
    { changed },
    `records are counted otherwise than before (${changed.join(", ")}): what was counted before stays as it is, and ` +
      `windows that hold both may fire for the change itself${losesLabels(changed, parts) ? LOST : ""}`,
  );
}

const SEGMENTS = "segments of ";
const LOST = "; labels of predictions from before find them no more";

/** Predictions say which segments they are in by their position among all. */
function losesLabels(changed: readonly string[], parts: CountingParts): boolean {
  return changed.some(
    (name) => name.startsWith(SEGMENTS) && `labels of ${name.slice(SEGMENTS.length)}` in parts,
  );
}

/** By name; equal hashes mean that the same records give the same counts. */
function countingParts({ streams, models, keyId }: CountingOptions): CountingParts {
  const parts: Record<string, string> = {};
  for (const stream of streams) {
    const { name, role, of, topic, file, format, names, component, joinWithin, map, maxAhead } = stream;
    parts[`stream ${name}`] = hashOf({
      role,
      of,
      topic,
      file,
      format,
      names,
      component,
      joinWithin,
      map: Object.entries(map).toSorted(),
      maxAhead,
    });
  }
  for (const { counting, labels } of models) {
    const { model, plan, layout, segments, lateness, keep, outcomes, learning } = counting;
    if (learning !== undefined) {
      // What follows counts into bins of its own.
      parts[`sample of ${model}`] = hashOf([learning, lateness]);
      continue;
    }
    // Pane, columns, bins and categories.
    parts[`${BINS}${model}`] = layout.id;
    parts[`ranges of ${model}`] = hashOf(
      plan.columns.map(({ name, minimum, maximum }) => [name, minimum, maximum]),
    );
    parts[`${SEGMENTS}${model}`] = hashOf(segments.names);
    parts[`lateness of ${model}`] = hashOf(lateness);
    parts[`versions of ${model}`] = hashOf(keep);
    if (outcomes === undefined) continue;
    const { expireAfter, early, answer, decision, probabilities } = outcomes;
    parts[`labels of ${model}`] = hashOf([
      outcomes.layout.id,
      expireAfter,
      early,
      answer,
      decision,
      probabilities,
      labels?.columns,
    ]);
  }
  return { ...parts, "privacy key": hashOf(keyId) };
}

/** Other bins have windows of their own, which start empty: the evaluation says so. */
const BINS = "bins of ";

/** Names of the parts that are in both and not the same, but for bins. What came or went is mixed with nothing. */
function differences(before: CountingParts, after: CountingParts): string[] {
  return Object.keys(after).filter(
    (name) => name in before && before[name] !== after[name] && !name.startsWith(BINS),
  );
}

function hashOf(part: unknown): string {
  return createHash("sha256").update(JSON.stringify(part)).digest("hex").slice(0, 16);
}
