import { describe, expect, it } from "vitest";
import {
  INSECT_CHANGES,
  judgeConversations,
  judgeElectricity,
  judgeFlights,
  judgeInsects,
} from "./streams.ts";

const DATA = new URL("data/", import.meta.url);

/* Real streams show power and sanity, not the budget: nobody knows what is normal in them. */

describe("insects whose mix of species changes twice", () => {
  it("bring two alarms, each within 50 rows of a change", () => {
    const delays = judgeInsects(DATA).map(({ at }, i) => at - INSECT_CHANGES[i]);
    expect(delays).toEqual([25, 30]);
  });
});

describe("the hours of January's flights", () => {
  it("are no news to each other, though Kolmogorov-Smirnov calls many of them so", async () => {
    const [distance, delay] = await judgeFlights();
    expect(distance).toMatchObject({ windows: 744, judged: 589, trust: "promised", below: { tiny: 0 } });
    expect(distance.plainBelow.tiny).toBeGreaterThan(100);
    expect(delay.below.tiny).toBe(0);
  });
});

describe("streams that resemble themselves for longer than they last", () => {
  it.each([...judgeConversations(DATA), ...judgeElectricity(DATA)])("raise no alarm: $name", (stream) => {
    expect(stream.below.tiny).toBe(0);
    expect(stream.plainBelow.hundredth).toBeGreaterThan(stream.windows / 2);
  });
});
