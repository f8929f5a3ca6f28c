import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { prepareCategories } from "../../src/counts/categories.ts";
import { buildGrid } from "../../src/counts/grid.ts";
import type { SeriesRef } from "../../src/counts/ref.ts";
import { psi } from "../../src/statistics/measures/psi.ts";
import { collectEvidence } from "../../src/verdict/evidence.ts";
import type { Evidence } from "../../src/verdict/evidence.ts";
import { describeFinding } from "../../src/verdict/explanation.ts";
import { findOnset } from "../../src/verdict/onset.ts";
import { binsRef, binsSection, categoriesSection } from "../statistics/series.ts";

/** Real flights of 2001, counted: `atlMiles` of a day from 14:00 on, before and since midnight; `destination` of 24 hours. */
interface Flights {
  readonly atlMiles: Readonly<Record<"january" | "before" | "since", Readonly<Record<string, number>>>>;
  readonly destination: Readonly<Record<"january" | "june9", Readonly<Record<string, number>>>>;
  /** Of all flights by hour, those to Houston's IAH. */
  readonly houston: readonly { readonly start: number; readonly cases: number; readonly values: number }[];
}

// Counted from the file that its `source` names.
const flights = JSON.parse(
  readFileSync(new URL("../golden/flights.json", import.meta.url), "utf8"),
) as Flights;
const MILES_TO_KILOMETRES = 1.609344;

function valuesOf(counts: Readonly<Record<string, number>>, scale = 1): number[] {
  return Object.entries(counts).flatMap(([value, count]) =>
    Array.from({ length: count }, () => Math.round(Number(value) * scale)),
  );
}

function tell(
  ref: SeriesRef,
  section: Float64Array,
  labels: { column: string; segment?: string },
): { text: string; evidence: Evidence } {
  const evidence = collectEvidence({ measure: psi, ref }, section);
  const text = describeFinding({
    series: { measure: psi, ref, labels },
    score: psi.score(ref, section),
    section,
    evidence,
  });
  return { text, evidence };
}

it("kilometres at one airport: which distances, which way, and how much of it", () => {
  const january = Float64Array.from(valuesOf(flights.atlMiles.january));
  const grid = buildGrid(january.slice());
  const ref = binsRef(grid, january);
  const day = [
    ...valuesOf(flights.atlMiles.before),
    ...valuesOf(flights.atlMiles.since, MILES_TO_KILOMETRES),
  ];
  const { text, evidence } = tell(ref, binsSection(grid, day), {
    column: "distance",
    segment: "origin=ATL",
  });
  expect(text).toMatchInlineSnapshot(
    `"distance in ATL moved up: 761 to 1,269 rose from 13% to 29% (56% of it). Population stability index 0.232"`,
  );
  expect(evidence).toMatchInlineSnapshot(`
    {
      "missing": {
        "from": 0,
        "to": 0,
      },
      "movement": {
        "direction": "up",
        "movers": [
          {
            "from": 0.12726674809734098,
            "name": "761 to 1,269",
            "part": 0.5619059872646291,
            "to": 0.28879310344827586,
          },
          {
            "from": 0.07577750634219675,
            "name": "732 to 761",
            "part": 0.09417247046742352,
            "to": 0.040229885057471264,
          },
          {
            "from": 0.08099220144696044,
            "name": "576 to 606",
            "part": 0.08318896734611712,
            "to": 0.04597701149425287,
          },
        ],
      },
    }
  `);
});

it("a storm that closes an airport: which destinations vanish, and since when", () => {
  const { january, june9 } = flights.destination;
  const categories = Object.keys(january).toSorted((a, b) => (january[b] ?? 0) - (january[a] ?? 0));
  const counts = categoriesSection(categories.map((name) => january[name] ?? 0));
  const ref = prepareCategories({ column: "destination", categories, counts });
  const unseen = Object.entries(june9).reduce((sum, [name, n]) => sum + (name in january ? 0 : n), 0);
  const section = categoriesSection(
    categories.map((name) => june9[name] ?? 0),
    { unseen },
  );
  const { text, evidence } = tell(ref, section, { column: "destination" });
  expect(text).toMatchInlineSnapshot(
    `"destination changed: IAH fell from 2.2% to 0.4% (74% of it). Population stability index 0.0384"`,
  );
  expect(evidence).toMatchInlineSnapshot(`
    {
      "missing": {
        "from": 0,
        "to": 0,
      },
      "movement": {
        "direction": "mix",
        "movers": [
          {
            "from": 0.021749609927612795,
            "name": "IAH",
            "part": 0.7419166964336827,
            "to": 0.004244959111055622,
          },
          {
            "from": 0.009932334984131482,
            "name": "HOU",
            "part": 0.16424220172840978,
            "to": 0.003620700418253324,
          },
          {
            "from": 0.016092822471317627,
            "name": "SEA",
            "part": 0.013460444943932162,
            "to": 0.019102315999750298,
          },
        ],
      },
    }
  `);
  const share = (january["IAH"] ?? 0) / ref.total;
  expect(new Date(findOnset(flights.houston, share, false)).toISOString()).toMatchInlineSnapshot(
    `"2001-06-08T16:00:00.000Z"`,
  );
});
