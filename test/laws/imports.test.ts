import { expect, test } from "vitest";
import { findImports, readSourceFiles, withoutComments } from "./source-files.ts";
import type { ImportedModule, SourceFile } from "./source-files.ts";

/** Each may import only those before it, and itself. */
const PURE_ROOMS = [
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
/** Import pure rooms and runtime, never each other. */
const DOORS = ["stream", "state", "publish", "web"];

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
const engineFiles = files.map(({ room }) => room).filter(isEngine);

function violations(check: (file: SourceFile) => Iterable<string>): string[] {
  return files.flatMap((file) => Array.from(check(file), (fault) => `${file.path}: ${fault}`));
}

/** Of what stands in src itself, the engine is pure; the rest is the daemon around it. */
function isEngine(room: string): boolean {
  return room.startsWith("engine");
}

function roomOf({ path }: ImportedModule): string | undefined {
  return path?.split("/")[0];
}

/** Rooms that files of this room may import. */
function allowedRooms(room: string): readonly string[] | "any" {
  const place = PURE_ROOMS.indexOf(room);
  if (place >= 0) return PURE_ROOMS.slice(0, place + 1);
  if (room === "runtime") return [...PURE_ROOMS, "runtime"];
  if (DOORS.includes(room)) return [...PURE_ROOMS, "runtime", room];
  if (isEngine(room)) return [...PURE_ROOMS, ...engineFiles];
  return "any";
}

test("every folder is a room of the path", () => {
  const rooms = [...PURE_ROOMS, ...DOORS, "runtime", "commands"];
  expect(
    violations(({ room }) => (room.endsWith(".ts") || rooms.includes(room) ? [] : [`no room ${room}`])),
  ).toEqual([]);
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

test("nothing imports main.ts, and only main.ts and the commands import app.ts", () => {
  const faults = violations(function* ({ room, imports }) {
    for (const { path } of imports) {
      if (path === "main.ts") yield "imports main.ts";
      if (path === "app.ts" && room !== "main.ts" && room !== "commands") yield "imports app.ts";
    }
  });
  expect(faults).toEqual([]);
});

test("pure rooms import no library but those without effects", () => {
  const faults = violations(function* ({ room, imports }) {
    if (!PURE_ROOMS.includes(room) && !isEngine(room)) return;
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
    if (!PURE_ROOMS.includes(room) && !isEngine(room)) return;
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
