import type { Sink } from "../../src/publish/sink.ts";

export interface FakeSink extends Sink {
  deliver: Sink["deliver"];
  refresh?: NonNullable<Sink["refresh"]>;
  broken: boolean;
  readonly heard: string[];
  readonly refreshed: string[][];
}

export function fakeSink(name: string, live: boolean): FakeSink {
  const sink: FakeSink = {
    name,
    live,
    broken: false,
    heard: [],
    refreshed: [],
    async deliver(alerts) {
      if (sink.broken) throw new Error("down");
      sink.heard.push(...alerts.map(({ id, state }) => `${id} ${state}`));
      return 0;
    },
    close: () => Promise.resolve(),
  };
  if (!live) return sink;
  sink.refresh = async (firing) => {
    if (sink.broken) throw new Error("down");
    sink.refreshed.push(firing.map(({ id }) => id));
  };
  return sink;
}
