// Writes src/config/generated/NAME.ts for every schemas/NAME.json: its TypeScript types, and the schema itself as a
// value, because JSON imports warn on Node 20. With --check it compares instead of writing.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");
const stale = [];

for (const file of readdirSync(`${root}schemas`)
  .filter((name) => name.endsWith(".json"))
  .toSorted()) {
  const schema = JSON.parse(readFileSync(`${root}schemas/${file}`, "utf8"));
  const name = file.replace(/\.json$/, "");
  const target = `src/config/generated/${name}.ts`;
  const text = await generate(schema, name);
  if (!check) writeFileSync(root + target, text);
  else if (readIfThere(root + target) !== text) stale.push(target);
}
if (stale.length > 0) {
  process.stderr.write(`Out of date: ${stale.join(", ")}. Run: npm run generate\n`);
  process.exitCode = 1;
}

async function generate(schema, name) {
  const types = await compile(sharedTypes(withoutExamples(schema)), name, {
    bannerComment: `// Generated from schemas/${name}.json by scripts/generate.mjs.`,
    additionalProperties: false,
    maxItems: -1,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 110 },
  });
  const constant = `${name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase())}Schema`;
  return `${types}\nexport const ${constant}: object = ${JSON.stringify(withoutExamples(schema))};\n`;
}

/** Examples are for readers and tests; the daemon does without. A property that is itself called `examples` stays. */
function withoutExamples(schema) {
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (key === "examples" && Array.isArray(value) ? undefined : value)),
  );
}

/** A description beside `$ref` would make a numbered copy of the type for every use of it. */
function sharedTypes(schema) {
  return JSON.parse(
    JSON.stringify(schema, (_, value) => (typeof value?.$ref === "string" ? { $ref: value.$ref } : value)),
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
