// Writes docs/MEASURES.md from the table of measures. With --check it compares instead of writing. The table is compiled to a
// folder of its own, so that it is the one of the sources, whatever was built last.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = "docs/MEASURES.md";

const SUBJECTS = {
  bins: "numbers",
  sums: "numbers, with sums",
  categories: "categories, booleans",
  distinct: "categories, with cells",
  arrivals: "events",
  outcomes: "labels",
  "top-label": "labels of many classes",
  classes: "labels of many classes",
  classwise: "labels of many classes",
  values: "labels of numbers",
  residuals: "labels of numbers",
};
/** Of one summary kind: ns to count a value, a label or (arrivals) a row, and memory of a series; `npm run bench -- counting`. */
const COSTS = {
  arrivals: { of: "a row", ns: 8, memory: "32 B" },
  bins: { of: "a number", ns: 12, memory: "2 KB" },
  sums: { of: "a number", ns: 20, memory: "4 KB" },
  categories: { of: "a category", ns: 6, memory: "8 B for each of the reference's categories" },
  distinct: { of: "a category", ns: 10, memory: "80 KB" },
  outcomes: { of: "a label", ns: 120, memory: "7 KB" },
  "top-label": { of: "a label of many classes", ns: 160, memory: "8 KB" },
  classes: { of: "a label of many classes", ns: 160, memory: "8 KB" },
  classwise: { of: "a label of many classes", ns: 400, memory: "12 KB" },
  values: { of: "a label of a number", ns: 120, memory: "0.3 KB" },
  residuals: { of: "a label of a number", ns: 120, memory: "0.3 KB" },
  delays: { of: "a label", ns: 120, memory: "7 KB" },
};
const UNITS = { ratio: "a share or ratio", bits: "bits", seconds: "seconds", none: "none" };

const { MEASURES, measureMetric } = await compiled();
const options = await resolveConfig(root + target);
const text = await format(render(), { ...options, parser: "markdown" });
if (!process.argv.includes("--check")) writeFileSync(root + target, text);
else if (readFileSync(root + target, "utf8") !== text) {
  process.stderr.write(`Out of date: ${target}. Run: npm run generate\n`);
  process.exitCode = 1;
}

async function compiled() {
  const folder = mkdtempSync(join(tmpdir(), "driftd-measures-"));
  try {
    const files = ["src/statistics/measures.ts", "src/publish/score-lines.ts"];
    const compilerOptions = {
      rootDir: `${root}src`,
      outDir: join(folder, "out"),
      typeRoots: [`${root}node_modules/@types`],
      sourceMap: false,
    };
    const config = {
      extends: `${root}tsconfig.build.json`,
      compilerOptions,
      include: [],
      files: files.map((file) => root + file),
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", folder], {
      stdio: "inherit",
    });
    const load = (file) => import(pathToFileURL(join(folder, "out", file)).href);
    const [table, lines] = [await load("statistics/measures.js"), await load("publish/score-lines.js")];
    return { MEASURES: table.MEASURES, measureMetric: lines.measureMetric };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function render() {
  return `# Measures

<!-- Generated from src/statistics/measures.ts by scripts/measures.mjs. -->

A measure is one number of one series and window, computed from integer counts and the reference's. N and M are the values of
the reference and of the window, p and q their shares in a group, F and G their shares at or below a value. Of labels, p is the
score and y is 1 where class 1 came, else 0; of many classes, p is the largest probability and y is 1 where the decision came. The groups are a category column's 49 most frequent categories and a rest, or the
spans between a number column's distinct reference deciles and, where the last of them is several in one, what of the reference lies above it; what lies beyond all of the
reference is in the outermost group, and \`novel\`. Missing values are in no group. deff is how many times more the
reference varies between its own windows than independent rows would.

- A window of fewer than 100 values, or 200 labels, is \`too-few\`: its number is shown, and judged by nobody. What has no values is
  \`no-data\` and what has no meaning is \`undefined\`, each with a reason; neither is a 0.
- Where a rule says \`atLeast\`, or nothing, chance must be ruled out first: p comes from the series' own directions and the
  reference's own windows, whatever the measure, and the effect of the measure must reach the limit. The effect is the value
  unless something else is said. \`above\` and \`below\` compare the value alone, outside the budget.
- \`extras.pIid\` is the textbook's tail. It takes rows for independent, which they seldom are, and judges nothing. It is
  shown where there are 20 rows to a group, and never below 1e-4.
- Measures of numbers with sums are counted where a rule names them: a column that none asks for costs nothing more. A reference
  has the sums of all its columns, so a rule may ask at any time; its model's windows then start empty. Sums are of whole
  steps, below 2^53 for up to 2^32 values of a window, so they add up in any order to the bit.
- So are measures of categories with cells. These take 10,240 counters for every series of the column: 80 KB in memory, and in
  the store some 6 KB a pane of 20,000 different values.
- Cost is CPU to count one value, and memory of one series; measures of the same counts share it. A score of a column takes
  1 to 2 microseconds, with sums up to 10, however many values there were.
- A rule judges windows of the model's \`window.size\`, and one at the end of every pane, unless it says otherwise:
  \`{ alert: DailyDrift, measure: psi, window: { size: 1d, every: 1h } }\` looks at a day, once an hour. Fewer looks leave each more
  of the budget. \`every\` is a multiple of the pane, and the reference keeps what it needs for every size that its rules name.
- A rule \`against: season\` holds each window against the same hour of other weeks: any measure that asks chance of a
  distribution, and \`missing\`. p and the effect of measures on the groups are the slot's own. Of what lies between two deciles a
  slot knows nothing: \`ks\`, \`cvm\`, \`wasserstein\`, \`mean\`, \`sd\`, \`median\`, \`confidence\` and \`entropy\` take the values there to lie as
  those of the whole reference do, so distances claim no bounds. \`novel\` is counted on the reference's last fifth, which is too
  short for a season; \`volume\` goes by the hour of the week by itself; what has no chance to ask has no season.
- Measures that are not shown by themselves are in \`/metrics\` for the columns of the rules that name them.

| measure | of | alarms by | default | shown | metric |
| --- | --- | --- | --- | --- | --- |
${MEASURES.map(row).join("\n")}

${MEASURES.map(section).join("\n")}`;
}

function row(measure) {
  const shown = measure.shownByDefault ? "always" : "where a rule asks";
  const { name } = measureMetric(measure);
  return `| [\`${measure.name}\`](#${measure.name}) | ${subjectOf(measure)} | ${alarmsBy(measure)} | ${defaultOf(measure)} | ${shown} | \`${name}\` |`;
}

function section(measure) {
  return `## ${measure.name}

${measure.title}.

- **Formula**: ${escaped(measure.formula)}
- **While nothing changes**: ${escaped(measure.calm)}.
- **Unit**: ${UNITS[measure.unit]}. **Default**: ${defaultOf(measure)}.
- **Cost**: ${costOf(measure)}.
- **Source**: ${escaped(measure.source)}
`;
}

function subjectOf({ from, only, across }) {
  if (across) return from.includes("outcomes") ? "groups, with labels" : "groups";
  if (only) return only.map((column) => `\`${column}\``).join(", ");
  return from.map((kind) => SUBJECTS[kind]).join(", ");
}

function costOf({ from, byFields, byClock, across }) {
  if (byFields) return "a few microseconds a sampled record";
  if (byClock) return "nothing but what is counted anyway";
  const costs = [...new Map(from.map((kind) => COSTS[kind]).map((cost) => [cost.of, cost])).values()];
  const said = costs.map(({ of, ns, memory }) => `${ns} ns ${of}, ${memory} a series`).join("; ");
  return across ? `${said}, once for each group` : said;
}

function alarmsBy({ signal }) {
  return signal === "policy" ? "plain limits" : "chance and size";
}

function defaultOf({ defaultAtLeast, defaultAbove, defaultBelow }) {
  const limits = { atLeast: defaultAtLeast, below: defaultBelow, above: defaultAbove };
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "none" : given.map(([kind, value]) => `\`${kind}: ${value}\``).join(" or ");
}

/** Markdown reads these otherwise; underscores within words it leaves alone. */
function escaped(text) {
  return text.replaceAll(/[*<]/g, "\\$&");
}
