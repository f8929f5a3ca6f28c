// Benchmarks: all of them, or those named. Not tests: they print, and judge nothing.
import { describeMachine } from "./machine.mjs";

const PARTS = [
  "pipeline",
  "counting",
  "decode",
  "score",
  "flights",
  "one-shot",
  "backtest",
  "commit",
  "redis",
  "fleet",
  "join",
  "predictions",
  "memory",
  "http",
  "demo",
];
/** Take long, and are proofs more than figures. */
const ON_DEMAND = ["http-kill", "join-proof"];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => ![...PARTS, ...ON_DEMAND].includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `No benchmark ${unknown.join(", ")}. There are: ${[...PARTS, ...ON_DEMAND].join(", ")}.\n`,
  );
  process.exit(2);
}
process.stdout.write(`${describeMachine()}\n`);
for (const name of wanted.length === 0 ? PARTS : wanted) {
  const { run } = await import(`./${name}.mjs`);
  await run();
}
