import { expect, test } from "vitest";
import { findImports, readSourceFiles, withoutComments } from "./source-files.ts";
import type { ImportedModule, SourceFile } from "./source-files.ts";

/** Each may import only those before it, and itself. */
const PATH_ROOMS = [
  "config",
  "event",
  "join",
  "counts",
  "window",
  "statistics",
  "reference",
  "rules",
  "verdict",
];
/** Made of the path. */
const PURE_ROOMS = [...PATH_ROOMS, "engine"];
/** Import the path and runtime, never each other. */
const DOORS = ["stream", "state", "publish", "web"];
/** Bring engine and doors together: each may import all of them, and of its own kind those before it. */
const ROOMS_AROUND = ["ingestion", "evaluation", "views", "daemon"];

const PURE_LIBRARIES = [
  "ajv",
  "ajv-formats",
  "yaml",
  "apache-arrow",
  "simple-statistics",
  "avsc",
  "protobufjs",
];
const PURE_NODE: Readonly<Record<string, readonly string[]>> = {
  "node:crypto": ["createHash", "createHmac", "hkdfSync"],
  "node:zlib": [
    "crc32",
    "constants",
    "deflateSync",
    "inflateSync",
    "deflateRawSync",
    "inflateRawSync",
    "gzipSync",
    "gunzipSync",
  ],
};
/** Clock, randomness, timers and network that need no import. */
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.|setTimeout|setInterval|setImmediate|fetch\(|crypto\.)/;

const files = readSourceFiles();

function violations(check: (file: SourceFile) => Iterable<string>): string[] {
  return files.flatMap((file) => Array.from(check(file), (fault) => `${file.path}: ${fault}`));
}

function roomOf({ path }: ImportedModule): string | undefined {
  return path?.split("/")[0];
}

/** Rooms that files of this room may import. */
function allowedRooms(room: string): readonly string[] | "any" {
  if (DOORS.includes(room) || room === "runtime") return [...PATH_ROOMS, "runtime", room];
  if (PURE_ROOMS.includes(room)) return PURE_ROOMS.slice(0, PURE_ROOMS.indexOf(room) + 1);
  const place = ROOMS_AROUND.indexOf(room);
  if (place >= 0) return [...PURE_ROOMS, ...DOORS, "runtime", ...ROOMS_AROUND.slice(0, place + 1)];
  return "any";
}

test("every folder is a room of the path", () => {
  const rooms = [...PURE_ROOMS, ...DOORS, ...ROOMS_AROUND, "runtime", "commands", "main.ts"];
  expect(violations(({ room }) => (rooms.includes(room) ? [] : [`no room ${room}`]))).toEqual([]);
});

test("rooms import only what the path allows", () => {
  const faults = violations(function* (file) {
    const allowed = allowedRooms(file.room);
    for (const module of file.imports) {
      const room = roomOf(module);
      if (room === undefined || allowed === "any" || allowed.includes(room)) continue;
      yield `imports ${module.specifier}`;
    }
  });
  expect(faults).toEqual([]);
});

test("nothing imports main.ts", () => {
  const faults = violations(function* ({ imports }) {
    if (imports.some(({ path }) => path === "main.ts")) yield "imports main.ts";
  });
  expect(faults).toEqual([]);
});

test("pure rooms import no library but those without effects", () => {
  const faults = violations(function* ({ room, imports }) {
    if (!PURE_ROOMS.includes(room)) return;
    for (const { specifier, names, path } of imports) {
      const functions = PURE_NODE[specifier];
      if (path !== undefined || PURE_LIBRARIES.some((name) => isOf(specifier, name))) continue;
      if (specifier.startsWith("@stdlib/")) continue;
      if (functions !== undefined && names.every((name) => functions.includes(name))) continue;
      yield `imports {${names.join(", ")}} from ${specifier}`;
    }
  });
  expect(faults).toEqual([]);
});

test("pure rooms have no clock, randomness, timers or network", () => {
  const faults = violations(function* ({ room, code }) {
    if (!PURE_ROOMS.includes(room)) return;
    const found = IMPURE.exec(code);
    if (found !== null) yield `uses ${found[0]}`;
  });
  expect(faults).toEqual([]);
});

test("only main.ts touches the process", () => {
  const faults = violations(function* ({ path, code, imports }) {
    if (path === "main.ts") return;
    const found = /(?<![\w.$"'-])process\.[a-z]\w*/.exec(code);
    if (found !== null) yield `uses ${found[0]}`;
    if (imports.some(({ specifier }) => /^(?:node:)?process$/.test(specifier))) yield "imports process";
  });
  expect(faults).toEqual([]);
});

test.each([
  ["Kafka", "kafkajs", /^stream\/kafka[^/]*\.ts$/],
  ["Redis", "ioredis", /^state\/redis[^/]*\.ts$/],
])("only the door to %s imports its client", (_, client, door) => {
  const faults = violations(function* ({ path, imports }) {
    if (door.test(path)) return;
    for (const { specifier } of imports) if (isOf(specifier, client)) yield `imports ${specifier}`;
  });
  expect(faults).toEqual([]);
});

test("no imports form a cycle", () => {
  const importsOf = new Map(files.map((file) => [file.path, file.imports]));
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (finished.has(path) || trail.includes(path)) return;
    for (const module of importsOf.get(path) ?? []) {
      if (module.path !== undefined) visit(module.path, [...trail, path]);
    }
    finished.add(path);
  };
  for (const { path } of files) visit(path, []);
  expect(cycles).toEqual([]);
});

test("no file is longer than 300 lines, and none only passes on the exports of others", () => {
  const faults = violations(function* ({ path, lines, code }) {
    // Nobody reads what was generated.
    if (lines > 300 && !path.includes("/generated/")) yield `${lines} lines`;
    if (/^\s*export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*from\b/m.test(code))
      yield "exports what another file has";
  });
  expect(faults).toEqual([]);
});

test("the reader of this law sees imports in every form, and none in comments", () => {
  const code = withoutComments(`
    // import { a } from "./comment.ts";
    /* import "./block.ts"; */
    import type { A } from "../config/a.ts";
    import b, { c as d } from "node:crypto";
    import "./effect.ts";
    const url = "http://not-a-comment"; import("./later.ts");
  `);
  expect(findImports("event/x.ts", code)).toEqual([
    { specifier: "../config/a.ts", names: ["A"], path: "config/a.ts" },
    { specifier: "node:crypto", names: ["b", "c", "as", "d"] },
    { specifier: "./effect.ts", names: [], path: "event/effect.ts" },
    { specifier: "./later.ts", names: [], path: "event/later.ts" },
  ]);
  expect(code).toContain("http://not-a-comment");
});

function isOf(specifier: string, library: string): boolean {
  return specifier === library || specifier.startsWith(`${library}/`);
}
