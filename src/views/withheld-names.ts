import type { StreamConfig } from "../config/config.ts";
import type { Engine } from "../engine/engine.ts";
import { groupStreams, plansOf } from "../engine/task-groups.ts";
import type { StreamLedger } from "../event/ledger.ts";
import { withholdsNames } from "../event/unknown-models.ts";

/** Why the models are not named that no rule file describes, by stream; only streams that dropped events of such models. */
export function viewWithheldNames(
  engine: Engine,
  streams: readonly StreamConfig[],
  ledgers: Readonly<Record<string, StreamLedger>>,
): Record<string, string> {
  const { models } = engine;
  const groups = groupStreams(
    streams,
    models.map(({ model }) => model.name),
  );
  const withheld = streams
    .map(({ name }) => name)
    .filter((name) => (ledgers[name]?.dropped["unknown-model"] ?? 0) > 0)
    .filter((name) => withholdsNames(plansOf(name, groups, models)));
  return Object.fromEntries(withheld.map((name) => [name, WITHHELD]));
}

const WITHHELD =
  "Events of models that no rule file describes were dropped. Their names are not kept, since models of this stream have personal data (pii): ask the producer, or look into the stream, and run driftd init SOURCE --model NAME.";
