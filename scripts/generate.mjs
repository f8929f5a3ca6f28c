// Writes src/config/generated/NAME.ts for the schemas that the code reads by: their TypeScript types, and the schema itself
// as a value, because JSON imports warn on Node 20. With --check it compares instead of writing.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");
const stale = [];

/** By schema, the types that other files use. */
const SCHEMAS = {
  incidents: ["Incidents", "IncidentSection"],
  driftd: [
    "DriftdFile",
    "KafkaSection",
    "QuarantineSection",
    "StreamSection",
    "FieldSource",
    "WebhookSection",
    "ReportSection",
  ],
  rules: ["RuleFile", "RuleSection", "ReviewSection", "ConditionSection"],
  "rule-test": [
    "RuleTest",
    "ScenarioSection",
    "SyntheticSection",
    "ChangeSection",
    "ExpectationSection",
    "ReviewExpectationSection",
    "StepsSection",
    "TestColumnSection",
    "TestReferenceSection",
  ],
};

for (const [name, used] of Object.entries(SCHEMAS)) {
  const schema = JSON.parse(readFileSync(`${root}schemas/${name}.json`, "utf8"));
  const target = `src/config/generated/${name}.ts`;
  const text = await generate(schema, name, used);
  if (!check) writeFileSync(root + target, text);
  else if (readIfThere(root + target) !== text) stale.push(target);
}
if (stale.length > 0) {
  process.stderr.write(`Out of date: ${stale.join(", ")}. Run: npm run generate\n`);
  process.exitCode = 1;
}

async function generate(schema, name, used) {
  const types = await compile(sharedTypes(withoutExamples(schema)), name, {
    bannerComment: `// Generated from schemas/${name}.json by scripts/generate.mjs.`,
    additionalProperties: false,
    maxItems: -1,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 110 },
  });
  const exported = types.replaceAll(/^export (type|interface) (\w+)/gm, (text, kind, type) =>
    used.includes(type) ? text : `${kind} ${type}`,
  );
  return `${exported}\nexport const ${camelCase(name)}Schema: object = ${JSON.stringify(withoutExamples(schema))};\n`;
}

function camelCase(name) {
  return name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** Examples are for readers and tests; the daemon does without. A property that is itself called `examples` stays. */
function withoutExamples(schema) {
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (key === "examples" && Array.isArray(value) ? undefined : value)),
  );
}

/** A description beside `$ref` would make a numbered copy of the type for every use of it; of `if` types know nothing. */
function sharedTypes(schema) {
  return JSON.parse(
    JSON.stringify(schema, (_, value) => {
      if (typeof value?.$ref === "string") return { $ref: value.$ref };
      return value?.if === undefined ? value : { anyOf: [value.then, value.else] };
    }),
  );
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
