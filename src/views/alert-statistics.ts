import type { Engine } from "../engine/engine.ts";
import type { AlertTally } from "../verdict/alert-history.ts";
import type { ShownAlertStatistics } from "../web/api/alerts.ts";

/** How the alerts of every model that is judged here have done against its budget. */
export function viewAlertStatistics(engine: Engine): ShownAlertStatistics[] {
  return engine.models
    .filter(({ model }) => !engine.standsBy(model.name))
    .map(({ model }) => {
      const { history, panes } = engine.judgesOf(model.name);
      const { since } = history;
      const { falseAlarms, per } = model.budget;
      const known = !Number.isNaN(since) && Number.isFinite(panes.closedThrough);
      const alerts = [...history.tallies].map(([alert, tally]) => ({ alert, ...tally }));
      const total = (field: keyof AlertTally): number => alerts.reduce((sum, one) => sum + one[field], 0);
      return {
        model: model.name,
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
        alerts,
      };
    });
}
