import type { Config } from "../config/config.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import { isReview } from "../rules/review-section.ts";
import { pathOfAlert } from "../rules/rule-file.ts";
import type { LoadedModel } from "./load-rules.ts";
import type { WholeOutlook } from "./rule-outlook.ts";

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
  { model, document }: LoadedModel,
  outlooks: readonly WholeOutlook[],
): FaultAt[] {
  return outlooks.flatMap(({ alert, trust, doubts }): FaultAt[] => {
    const action = model.rules.find((rule) => rule.alert === alert)?.action;
    if (action === undefined || trust.none === 0) return [];
    const all = Object.values(trust).reduce((sum, count) => sum + count, 0);
    const which = trust.none === all ? "any of its series" : `${trust.none} of its ${all} judged series`;
    const why = Object.keys(doubts).find((doubt) => doubt.startsWith("none: "));
    const reason = why === undefined ? "" : ` (${why.slice("none: ".length)})`;
    const message = `is not done for ${which}: chance cannot be told of them${reason}, and they fire as info only; build the reference from a longer time, or leave action out`;
    const path = [...pathOfAlert(document, alert), "action"];
    return [{ path, code: "NO_JUDGEMENT", level: "warning", message }];
  });
}
