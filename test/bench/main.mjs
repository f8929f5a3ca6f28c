// Benchmarks: all of them, or those named. Not tests: they print, and judge nothing.
import { describeMachine } from "./machine.mjs";

const PARTS = [
  "pipeline",
  "counting",
  "decode",
  "score",
  "flights",
  "one-shot",
  "commit",
  "predictions",
  "memory",
  "demo",
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(", ")}. There are: ${PARTS.join(", ")}.\n`);
  process.exit(2);
}
process.stdout.write(`${describeMachine()}\n`);
for (const name of PARTS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { run } = await import(`./${name}.mjs`);
  await run();
}
