import { expect, test } from "vitest";
import { createStreamLedger } from "../../../src/event/ledger.ts";
import { registerAccounting } from "../../../src/web/api/accounting.ts";
import { server } from "./app.ts";

test("accounting shows both equations of every stream, with the reasons that occurred", async () => {
  const fraud = createStreamLedger();
  Object.assign(fraud, { decoded: 98, undecodable: 2, oversize: 1, received: 98, measured: 95, waiting: 1 });
  fraud.dropped.late = 2;
  const app = server();
  registerAccounting(app, {
    ledgers: () => ({ fraud, charged: createStreamLedger() }),
    namesWithheld: () => ({ cards: "beside personal data" }),
    unknownModels: () => ({ fraud: [{ model: "loans", init: "driftd init kafka:fraud --model loans" }] }),
    requests: () => [
      { route: "/v1/events", code: "200", count: 7 },
      { route: "/v1/events", code: "401", count: 2 },
      { route: "/v1/events", code: "none", count: 1 },
      { route: "other", code: "404", count: 3 },
    ],
  });
  const answer = (await app.inject("/api/accounting")).json();
  expect(answer.balanced).toBe(true);
  expect(answer.streams.fraud).toEqual({
    records: {
      received: 101,
      decoded: 98,
      undecodable: 2,
      ignored: 0,
      oversize: 1,
      equation: "101 = 98 decoded + 2 undecodable + 0 ignored + 1 oversize",
    },
    rows: {
      received: 98,
      measured: 95,
      waiting: 1,
      dropped: { late: 2 },
      revised: 0,
      equation: "98 = 95 measured + 1 waiting + 2 late",
      balanced: true,
    },
  });
  expect(answer.streams.charged.rows.equation).toBe("0 = 0 measured + 0 waiting");
  expect(answer.unknownModels.fraud).toEqual([
    { model: "loans", init: "driftd init kafka:fraud --model loans" },
  ]);
  expect(answer.namesWithheld).toEqual({ cards: "beside personal data" });
  expect(answer.turnedAway).toEqual({ "/v1/events": { "401": 2, none: 1 }, other: { "404": 3 } });
});

test("a ledger that does not add up says so", async () => {
  const fraud = createStreamLedger();
  Object.assign(fraud, { decoded: 3, received: 3, measured: 2 });
  const app = server();
  registerAccounting(app, {
    ledgers: () => ({ fraud }),
    unknownModels: () => ({}),
    namesWithheld: () => ({}),
    requests: () => [],
  });
  const answer = (await app.inject("/api/accounting")).json();
  expect(answer.balanced).toBe(false);
  expect(answer.streams.fraud.rows).toMatchObject({
    balanced: false,
    equation: "3 ≠ 2 measured + 0 waiting",
  });
});
