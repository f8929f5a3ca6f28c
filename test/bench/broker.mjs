import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Where the packages that the tests' services import are still found. */
const COMPILED = join(ROOT, "node_modules", ".cache", "driftd-bench");
const OPTIONS =
  "--ignoreConfig --module nodenext --target es2023 --rewriteRelativeImportExtensions --skipLibCheck";

/** The tests' own way to a real broker. */
export function kafkaService() {
  return compileService("kafka");
}

/** The same to a real Redis. */
export function redisService() {
  return compileService("redis");
}

/** Compiled: the tests' services are TypeScript, which this Node cannot run. */
async function compileService(name) {
  mkdirSync(COMPILED, { recursive: true });
  writeFileSync(join(COMPILED, "package.json"), '{ "type": "module" }\n');
  const file = join(ROOT, "test", "services", `${name}.ts`);
  const compiler = join(ROOT, "node_modules", ".bin", "tsc");
  execFileSync(compiler, [file, ...OPTIONS.split(" "), "--outDir", COMPILED], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return import(pathToFileURL(join(COMPILED, `${name}.js`)).href);
}
