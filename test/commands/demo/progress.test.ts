import { describe, expect, it } from "vitest";
import { openProgressLine, renderProgress } from "../../../src/commands/demo/progress.ts";

const progress = {
  done: 0.5251,
  eventTime: Date.UTC(2001, 3, 20, 15),
  events: 2_600_000,
  eventsPerSecond: 61_204.4,
  alerts: 3,
};

describe("progress", () => {
  it("is one line that fits the terminal", () => {
    expect(renderProgress(progress, 100)).toBe(
      "[####################-------------------]   52%  20 Apr 15:00  2,600,000 events  61,204/s  3 alerts",
    );
    expect(renderProgress({ ...progress, alerts: 1 }, 60)).toBe(
      "52%  20 Apr 15:00  2,600,000 events  61,204/s  1 alert",
    );
    for (let width = 10; width < 150; width++)
      expect(renderProgress(progress, width).length).toBeLessThan(width);
  });

  it("is drawn at most ten times a second, and again after other text", () => {
    const written: string[] = [];
    const line = openProgressLine({ write: (text) => written.push(text) }, { width: 80, color: false });
    line.clear();
    line.show(progress, 1000);
    line.show(progress, 1050);
    expect(written).toHaveLength(1);
    line.show(progress, 1100);
    line.clear();
    line.show(progress, 1101);
    expect(written).toHaveLength(4);
    expect(written[2]).toBe("\r\u001B[K");
  });

  it("gives way to what it announced", () => {
    const written: string[] = [];
    const line = openProgressLine({ write: (text) => written.push(text) }, { width: 20, color: false });
    line.announce("reading January and more");
    line.clear();
    line.clear();
    expect(written).toEqual(["\r\u001B[Kreading January an…", "\r\u001B[K"]);
  });

  it("writes nothing where nobody looks", () => {
    const line = openProgressLine(undefined, { width: 80, color: false });
    expect(() => {
      line.announce("January");
      line.show(progress, 0);
      line.clear();
    }).not.toThrow();
  });
});
