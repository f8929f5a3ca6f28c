import { expect, it } from "vitest";
import { parseSpeed } from "../../../src/commands/demo/speed.ts";

it("a speed is max or a positive number", () => {
  expect(parseSpeed("max")).toBe(Infinity);
  expect(parseSpeed("3600")).toBe(3600);
  expect(parseSpeed("0.5")).toBe(0.5);
  for (const text of ["", " ", "0", "-1", "fast", "NaN", "1h"]) {
    expect(() => parseSpeed(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  }
});
