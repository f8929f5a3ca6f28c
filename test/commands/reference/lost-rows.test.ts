import { expect, it } from "vitest";
import { lostRows } from "../../../src/commands/reference/lost-rows.ts";

it("says why rows were not counted, only of reasons that occurred", () => {
  const dropped = { invalid: 1204, late: 0 };
  expect(lostRows({ sound: 1, undecodable: 2, dropped, faults: new Map() })).toEqual([
    "1,204 invalid",
    "2 undecodable",
  ]);
  expect(lostRows({ sound: 1, undecodable: 0, dropped: {}, faults: new Map() })).toEqual([]);
});
