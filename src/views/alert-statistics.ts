import type { Engine } from "../engine/engine.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { AlertTally } from "../verdict/alert-history.ts";
import type { AlertStatistics } from "../verdict/alert-statistics.ts";
import type { Judges } from "../verdict/judgement-record.ts";
import type { ShownAlertStatistics } from "../web/api/alerts.ts";

/** How the alerts of every model that is judged here have done against its budget. */
export function viewAlertStatistics(engine: Engine): ShownAlertStatistics[] {
  return engine.models
    .filter(({ model }) => !engine.standsBy(model.name))
    .map((fitted) => {
      const { name } = fitted.model;
      const judges = engine.judgesOf(name);
      const alerts = [...judges.history.tallies].map(([alert, tally]) => ({ alert, ...tally }));
      return { model: name, ...modelStatistics(fitted, judges), alerts };
    });
}

/** The same of one model, all its alerts together. */
export function modelStatistics({ model }: FittedModel, { history, panes }: Judges): AlertStatistics {
  const { since } = history;
  const { falseAlarms, per } = model.budget;
  const known = !Number.isNaN(since) && Number.isFinite(panes.closedThrough);
  const tallies = [...history.tallies.values()];
  const total = (field: keyof AlertTally): number => tallies.reduce((sum, one) => sum + one[field], 0);
  return {
    ...(known && {
      since: new Date(since).toISOString(),
      through: new Date(panes.closedThrough).toISOString(),
    }),
    fired: total("fired"),
    promised: total("promised"),
    acknowledged: total("acknowledged"),
    false: total("false"),
    falsePromised: total("falsePromised"),
    budget: {
      falseAlarms,
      per,
      ...(known && { since: (falseAlarms * (panes.closedThrough - since)) / per }),
    },
  };
}
