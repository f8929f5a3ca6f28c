import { describe, expect, it } from "vitest";
import { buildSegments, segmentName } from "../../src/window/segments.ts";
import { assignSegments } from "../../src/window/segments.ts";
import { columnOf, decoderOf, planOf, recordsOf } from "../event/records-of.ts";

const REGIONS = ["eu", "us", "eu,device=app", "a=b"];
const DEVICES = ["app", "web", "app,x"];
const PLAN = planOf([
  columnOf({ name: "region", type: "category", categories: REGIONS }),
  columnOf({ name: "device", type: "category", categories: DEVICES }),
]);

/** The segment of each row, by name, in every grouping. */
function segmentsOf(
  known: readonly string[],
  segmentBy: readonly string[][],
  rows: readonly object[],
): string[][] {
  const segments = buildSegments({ plan: PLAN, segmentBy, known });
  const [batch] = decoderOf([PLAN]).decode(recordsOf(rows.map((features) => ({ time: 1, features }))), {
    now: Date.now(),
  }).batches;
  return segments.groupings.map((grouping) => {
    const into = new Int32Array(batch.rows);
    assignSegments(batch, grouping, into);
    return [...into].map((segment) => segments.names[segment] ?? "");
  });
}

describe("segments", () => {
  it("follow the reference's by column and by pair; all else is the grouping's other", () => {
    const known = ["all", "region=eu", "other(region)", "region=eu,device=web", "other(region,device)"];
    const rows = [
      { region: "eu", device: "web" },
      { region: "eu", device: "app" },
      { region: "us", device: "web" },
      { region: "mars", device: "web" },
      { region: "eu", device: "toaster" },
      { region: null, device: "web" },
      { region: "eu" },
    ];
    expect(segmentsOf(known, [["region"], ["region", "device"]], rows)).toEqual([
      ["region=eu", "region=eu", "other(region)", "other(region)", "region=eu", "other(region)", "region=eu"],
      [
        "region=eu,device=web",
        "other(region,device)",
        "other(region,device)",
        "other(region,device)",
        "other(region,device)",
        "other(region,device)",
        "other(region,device)",
      ],
    ]);
  });

  it("tell values with commas and equals signs apart", () => {
    const pairs = [
      ["a=b", "app"],
      ["eu,device=app", "web"],
      ["eu", "app,x"],
      ["eu", "app"],
    ] as const;
    const known = pairs.map((pair) => segmentName(["region", "device"], pair));
    const rows = pairs.map(([region, device]) => ({ region, device }));
    expect(segmentsOf(known, [["region", "device"]], rows)).toEqual([known]);
  });

  it("takes a value that only looks like the beginning of another pair for what it is", () => {
    // Region "eu,device=app" fits the beginning, but leaves no device: the name is that of (eu, "app").
    expect(
      segmentsOf(["region=eu,device=app"], [["region", "device"]], [{ region: "eu", device: "app" }]),
    ).toEqual([["region=eu,device=app"]]);
    expect(
      segmentsOf(["region=eu,device=app"], [["region"]], [{ region: "eu,device=app" }, { region: "eu" }]),
    ).toEqual([["region=eu,device=app", "other(region)"]]);
  });

  it("leave out groupings and segments that the plan does not know", () => {
    const segments = buildSegments({
      plan: PLAN,
      segmentBy: [["planet"], ["region"]],
      known: ["region=gone", "planet=mars", "region=us"],
    });
    expect(segments.names).toEqual(["all", "region=us", "other(region)"]);
    expect(segments.groupings).toHaveLength(1);
  });
});
