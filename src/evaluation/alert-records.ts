import type { Engine } from "../engine/engine.ts";
import type { Store } from "../state/store.ts";
import type { Alert, AlertJudgement, Transition } from "../verdict/alert.ts";
import type { AlertJudgementName } from "../verdict/alert-history.ts";
import type { Judges } from "../verdict/judgement-record.ts";

/** Name under which is recorded what became of a model's alerts. */
function historyName(model: string): string {
  return `alerts/${model}`;
}

/** Brings the history of a model whose judges have been restored to where the record says it was. */
export function restoreHistory(
  { history, panes }: Judges,
  recorded: ReadonlyMap<string, Uint8Array>,
  model: string,
): void {
  const bytes = recorded.get(historyName(model));
  if (bytes !== undefined) history.restore(bytes);
  // What was judged before anybody counted.
  else if (Number.isFinite(panes.closedThrough)) history.since = panes.closedThrough;
}

/** Counts transitions; answers what is to be recorded with them. */
export function noteHistory(
  { history, panes }: Judges,
  transitions: readonly Transition[],
  model: string,
): ReadonlyMap<string, Uint8Array> {
  const begins = Number.isNaN(history.since) && !Number.isNaN(panes.began);
  if (begins) history.since = panes.began;
  history.note(transitions);
  return new Map(begins || transitions.length > 0 ? [[historyName(model), history.export()]] : []);
}

/** All that can be asked for of alerts: those that fire, and those that ended lately; none where somebody else judges. */
export function knownAlerts(engine: Engine): readonly Alert[] {
  return engine.models.flatMap(({ model: { name } }) =>
    engine.standsBy(name) ? [] : [...engine.judgesOf(name).history.lately(), ...engine.firing(name)],
  );
}

/**
 * Keeps what a person says of an alert, when nothing else touches the engine. Undefined where there is none of this id; false
 * where somebody else judges by now, and nothing was kept.
 */
export async function judgeAlert(
  { engine, store }: { readonly engine: Engine; readonly store: Pick<Store, "writeJudgement"> },
  id: string,
  ...[name, judgement]: [name: AlertJudgementName, judgement: AlertJudgement]
): Promise<Alert | false | undefined> {
  const alert = knownAlerts(engine).find((candidate) => candidate.id === id);
  if (alert === undefined) return undefined;
  const { history } = engine.judgesOf(alert.model);
  const judged = history.judge(alert, name, judgement);
  const isKept = await store.writeJudgement(new Map([[historyName(alert.model), history.export()]]));
  return isKept && judged;
}
