import { expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { groupStreams } from "../../src/engine/task-groups.ts";
import { createStreamLedger } from "../../src/event/ledger.ts";
import { viewWithheldNames } from "../../src/views/withheld-names.ts";
import { modelOf, streamsOf } from "../engine/fixture.ts";

const RULES = "  - { alert: Broken, measure: invalid, above: 0.01 }";

test("says why models are not named, of streams of personal data that dropped events of one", () => {
  const streams = streamsOf(false);
  const strange = createStreamLedger();
  strange.dropped["unknown-model"] = 3;
  const namesOf = (head: string, ledger = strange): Record<string, string> => {
    const engine = new Engine({
      groups: groupStreams(streams, ["m"]),
      models: [modelOf({ rules: RULES, head })],
    });
    return viewWithheldNames(engine, streams, { s: ledger });
  };
  expect(namesOf("id: { pii: true }")).toEqual({
    s: expect.stringContaining(
      "Their names are not kept, since models of this stream have personal data (pii)",
    ),
  });
  expect(namesOf("id: { pii: true }", createStreamLedger())).toEqual({});
  expect(namesOf("window: { size: 1h }")).toEqual({});
});
