import { expect } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { event, MINUTE, START, type Sent } from "./fixture.ts";
import { joinedStreams } from "./half-world.ts";
import { worldOf, type World, type WorldOptions } from "./world.ts";

/** An event as the fixture tells it. */
export interface Whole {
  readonly id: string;
  readonly time: number;
  readonly version: string;
  readonly features: object;
  readonly prediction: object;
}

export function wholeOf({ value }: Sent): Whole {
  // The fixture writes events as objects.
  return value as Whole;
}

/** What was asked: all but the answer. */
export function asked(sent: Sent): Sent {
  const { prediction: _, version: __, ...rest } = wholeOf(sent);
  return { timestamp: sent.timestamp, value: rest };
}

/** What was answered, `after` ms later. */
export function answered(sent: Sent, after = 5_000): Sent {
  const { features: _, ...rest } = wholeOf(sent);
  const time = rest.time + after;
  return { timestamp: time, value: { ...rest, time, model: "m" } };
}

export function events(count: number, step = 10_000): Sent[] {
  return Array.from({ length: count }, (_, i) =>
    event({
      id: `q${i}`,
      time: START + i * step,
      version: `v${1 + (i % 2)}`,
      amount: i % 7 === 0 ? null : i % 11 === 0 ? "much" : i,
      region: i % 5 === 0 ? "mars" : "eu",
      score: (i % 10) / 10,
    }),
  );
}

export function joinedWorld(
  fitted: FittedModel,
  options: { within?: number } & Pick<WorldOptions, "commitRows" | "reviewed" | "quarantine"> = {},
): Promise<World> {
  const { within = MINUTE, ...rest } = options;
  const streams = [
    ...joinedStreams(within),
    ...(fitted.labels === undefined
      ? []
      : [
          {
            ...joinedStreams(within)[1],
            name: "l",
            role: "labels",
            topic: "l",
            format: "native",
            map: {},
          } as const,
        ]),
  ];
  return worldOf({ fitted, streams, ...rest });
}

export async function panesOf({ store, fitted }: World, layout: string): Promise<Map<string, Uint8Array>> {
  const panes = await store.readPanes({ layout, from: 0, to: Number.POSITIVE_INFINITY });
  expect(fitted.counting.pane).toBe(MINUTE);
  return new Map(
    panes
      .map(({ start, version, segment, packed }): [string, Uint8Array] => [
        `${start}/${version}/${segment}`,
        packed,
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
