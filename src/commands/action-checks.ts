import type { Config } from "../config/config.ts";
import { faultOfFile } from "../config/fault.ts";
import type { Fault } from "../config/fault.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import { relativePath } from "../config/path.ts";
import type { Model } from "../rules/model.ts";
import { isReview } from "../rules/review-section.ts";
import type { RuleOutlook } from "./rule-outlook.ts";
import { plural } from "./text.ts";

/** Who wants something done must say where it is done. */
export function checkActions(file: Partial<RuleFile>, { publish }: Config): FaultAt[] {
  const known = [...Object.keys(publish.webhook ?? {}), ...Object.keys(publish.topic ?? {})];
  return (file.rules ?? []).flatMap((rule, position): FaultAt[] => {
    if (isReview(rule) || rule.off === true || rule.action === undefined || known.includes(rule.action))
      return [];
    const path = ["rules", position, "action"];
    const message =
      known.length === 0
        ? `is nowhere to be found; add publish: { webhook: { ${rule.action}: { url: ADDRESS } } } to driftd.yaml`
        : `is no name under publish.webhook or publish.topic in driftd.yaml; ${suggestWord(rule.action, known)}`;
    return [{ path, code: "UNKNOWN_NAME", message }];
  });
}

/** Nothing is done on the word of series whose trust is none: who relies on it is warned. */
export function checkActionTrust(
  models: readonly Model[],
  outlooks: readonly RuleOutlook[],
  cwd: string,
): Fault[] {
  return outlooks.flatMap(({ model, alert, trust, doubts }): Fault[] => {
    const found = models.find(({ name }) => name === model);
    const action = found?.rules.find((rule) => rule.alert === alert)?.action;
    if (found === undefined || action === undefined || trust.none === 0) return [];
    const all = Object.values(trust).reduce((sum, count) => sum + count, 0);
    const which =
      trust.none === all ? "any of its series" : `${trust.none} of its ${plural(all, "judged series")}`;
    const why = Object.keys(doubts).find((doubt) => doubt.startsWith("none: "));
    const reason = why === undefined ? "" : ` (${why.slice("none: ".length)})`;
    const message = `${alert} wants ${action}, which is not done for ${which}: their trust is none${reason}; they fire as info only`;
    const file = relativePath(cwd, found.file);
    return [{ ...faultOfFile(file, "NO_JUDGEMENT", message), level: "warning" }];
  });
}
