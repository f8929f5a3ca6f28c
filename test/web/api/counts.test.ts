import { expect, test } from "vitest";
import { registerCounts, type CountsQuery } from "../../../src/web/api/counts.ts";
import { server } from "./app.ts";

test("counts of a column are asked for by model, version and span; what is not there is said", async () => {
  const asked: CountsQuery[] = [];
  const counts = { model: "m", column: "amount", reference: "9f2c", segments: [] };
  const app = server();
  registerCounts(app, {
    async counts(query) {
      asked.push(query);
      return query.column === "amount" ? counts : undefined;
    },
  });
  const found = await app.inject("/api/counts?model=m&column=amount&version=v1&since=5&until=9.5");
  expect(found.json()).toEqual(counts);
  expect(asked).toEqual([{ model: "m", column: "amount", version: "v1", since: 5, until: 9.5 }]);
  const unknown = await app.inject("/api/counts?model=m&column=x&since=5");
  expect(unknown.statusCode).toBe(404);
  expect(unknown.json().error).toEqual({
    code: "UNKNOWN_COLUMN",
    message: "There is no column x of a model m.",
  });
  expect((await app.inject("/api/counts?model=m&column=amount")).statusCode).toBe(400);
});
