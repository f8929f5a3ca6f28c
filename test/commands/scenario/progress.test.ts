import { expect, test } from "vitest";
import { openProgress } from "../../../src/commands/scenario/progress.ts";

function terminal(isTerminal: boolean): { written: string[]; io: Parameters<typeof openProgress>[0] } {
  const written: string[] = [];
  return { written, io: { isTerminal, columns: 30, stderr: { write: (text) => written.push(text) } } };
}

test("progress is one line, drawn now and then, and gone before other text comes", () => {
  const { written, io } = terminal(true);
  let now = 0;
  const progress = openProgress(io, () => now);
  progress.show("a month of calm", 0.01);
  progress.clear();
  expect(written).toEqual([]);
  now = 1_000;
  progress.show("a month of calm", 0.256);
  now = 1_050;
  progress.show("a month of calm", 0.26);
  progress.clear();
  progress.clear();
  expect(written).toEqual(["\r\u001B[K   25%  a month of calm", "\r\u001B[K"]);
  now = 2_000;
  progress.show("a name that is far too long for\u001B a terminal", 2);
  expect(written.at(-1)).toContain("  100%  a name that is");
  expect((written.at(-1) ?? "").length).toBeLessThan(30 + 4);
});

test("nothing is drawn where nobody looks", () => {
  const { written, io } = terminal(false);
  let now = 0;
  const progress = openProgress(io, () => (now += 1_000));
  progress.show("a month of calm", 0.5);
  progress.clear();
  expect([now > 0, written]).toEqual([true, []]);
});
