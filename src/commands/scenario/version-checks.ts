import type { FaultAt } from "../../config/location.ts";
import type { Rule } from "../../rules/model.ts";
import type { Expectation, Story } from "./scenario.ts";

/** What cannot fire, since the scenario has no rows of a version that it is told by; paths start at the expectation. */
export function checkVersions(
  { alert, version, never }: Expectation,
  story: Story,
  rules: readonly Rule[],
): FaultAt[] {
  if (story.kind !== "synthetic" || never) return [];
  const rollouts = story.changes.flatMap(({ effect }) => (effect.kind === "rollout" ? [effect.version] : []));
  const drawn = [story.version, ...rollouts];
  if (version !== undefined && !drawn.includes(version)) {
    const message = `answers no rows of this scenario, which has ${drawn.join(", ")}; write one of them, or add a rollout`;
    return [{ path: ["version"], code: "UNKNOWN_NAME", message }];
  }
  const against = rules.find((rule) => rule.alert === alert)?.against;
  if (typeof against !== "object" || drawn.includes(against.version)) return [];
  const message = `holds versions against ${against.version}, of which this scenario has no rows; add version: ${against.version} to synthetic, or a rollout`;
  return [{ path: ["alert"], code: "NO_JUDGEMENT", message }];
}
