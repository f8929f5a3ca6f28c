import { expect, test } from "vitest";
import { scenarioProject } from "./scenario-project.ts";

const project = scenarioProject();

const RULES = `version: 1
model: m
references: { default: { file: m.arrow } }
rules:
  - { alert: SchemaChanged, measure: schema-drift, keepFiringFor: 10m }
  - { alert: Drift, measure: psi }
`;

function fileOf(scenarios: string): string {
  return `reference:
  rows: 5000
  columns: { amount: { normal: [100, 20] }, kind: { categories: { card: 0.6, cash: 0.4 } }, note: { categories: { a: 1 }, nulls: 0.5 } }
scenarios:
${scenarios}`;
}

function scenario(name: string, field: string, expected = "firing: { within: 3m, notBefore: 1m }"): string {
  return `  - name: ${name}
    synthetic: { rate: 30000/1h, lasts: 2h, columns: [amount], changes: [{ at: 1h, field: ${field} }] }
    expect: [{ alert: SchemaChanged, ${expected} }, { alert: Drift, never: true }]
`;
}

test("fields that come, go, and change are told", async () => {
  project.write("rules/m.yaml", RULES);
  project.write(
    "rules/m.test.yaml",
    fileOf(
      [
        scenario("new", "{ name: device, becomes: text }"),
        scenario("gone", "{ name: amount, becomes: absent }"),
        scenario("null where there was none", "{ name: amount, becomes: 'null', share: 0.5 }"),
        scenario("of another type", "{ name: amount, becomes: text }", "firing: { within: 3m }"),
        scenario("a value more", "{ name: kind, value: kiosk }"),
        scenario(
          "a new field in one of a thousand records is no news",
          "{ name: device, becomes: text, share: 0.001 }",
          "never: true",
        ),
        `  - name: over again
    synthetic: { rate: 30000/1h, lasts: 4h, columns: [amount], changes: [{ at: 1h, until: 2h, field: { name: amount, becomes: text } }] }
    expect: [{ alert: SchemaChanged, resolved: { within: 90m } }]
`,
      ].join(""),
    ),
  );
  const { status, out } = await project.test("rules");
  expect(out).not.toContain("FAIL");
  expect(status).toBe(0);
});

test.each([
  [
    "{ name: amuont, becomes: absent }",
    'UNKNOWN_NAME  "amuont": is no field of the reference; did you mean "amount"?',
  ],
  ["{ name: amount, becomes: number }", "is nothing new: amount has been number before"],
  ["{ name: amount, value: kiosk }", "is nothing new: amount may hold any text"],
  ["{ name: kind, value: cash }", "is nothing new: kind has held it before"],
  ["{ name: kind }", "says what the field becomes, or a value that it never had"],
])("field: %s is a fault", async (field, said) => {
  project.write("rules/m.yaml", RULES);
  project.write("rules/m.test.yaml", fileOf(scenario("faulty", field)));
  const { status, err } = await project.test("rules");
  expect(err).toContain(said);
  expect(status).toBe(78);
});

test("a change of a field that no rule asks for is a fault", async () => {
  project.write("rules/m.yaml", RULES.replace(/^.*SchemaChanged.*\n/m, ""));
  project.write(
    "rules/m.test.yaml",
    fileOf(scenario("unheard", "{ name: amount, becomes: text }").replaceAll("SchemaChanged", "Drift")),
  );
  const { err } = await project.test("rules");
  expect(err).toContain("is of fields, and no rule asks them; add one with measure: schema-drift");
});
