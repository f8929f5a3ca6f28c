import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StreamFormat } from "../../src/config/config.ts";
import { createFileSource } from "../../src/stream/file.ts";
import type { Position } from "../../src/stream/source.ts";
import { recordListener, streamConfig, until, type Recording } from "./listener.ts";

const FLIGHTS = fileURLToPath(
  new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url),
);

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "driftd-file-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

async function readAll(
  file: string,
  options: { format?: StreamFormat; offset?: number; listener?: Recording } = {},
): Promise<Recording> {
  const position = { stream: "s", partition: 0, offset: options.offset ?? ("earliest" as const) };
  const listener = options.listener ?? recordListener([position]);
  const stream = streamConfig({ name: "s", file, format: options.format ?? "native" });
  const source = createFileSource({ streams: [stream], clock: Date.now });
  await source.start(listener);
  await until(
    "the end of the file",
    () => listener.calls.includes("ended s/0") || listener.errors.length > 0,
  );
  await source.stop();
  return listener;
}

describe("JSON lines", () => {
  test("every line is a record with its number, empty lines keep theirs; neither mark nor last newline is needed", async () => {
    const { records } = await readAll(write("a.jsonl", '\uFEFF{"a":1}\r\n\n{"a":2}\n{"a":3}'));
    expect(records.map(({ offset, value }) => [offset, value])).toEqual([
      [0, '{"a":1}'],
      [2, '{"a":2}'],
      [3, '{"a":3}'],
    ]);
  });

  test("lines longer than a chunk of the file arrive whole", async () => {
    const long = JSON.stringify({ text: "x".repeat(1 << 20) });
    const { records } = await readAll(write("a.jsonl", `1\n${long}\n2\n`));
    expect(records.map(({ value }) => value)).toEqual(["1", long, "2"]);
  });

  test("20,000 gzipped lines come in batches of at most 8,192, and a restart begins where it was told", async () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `{"line":${line}}`);
    const file = write("a.jsonl.gz", gzipSync(lines.join("\n")));
    const sizes: number[] = [];
    const listener = recordListener([{ stream: "s", partition: 0, offset: 1000 }]);
    listener.onBatch = (batch) => void sizes.push(batch.count);
    await readAll(file, { listener });
    expect(listener.records.map(({ value }) => value)).toEqual(lines.slice(1000));
    expect(sizes).toEqual([8192, 8192, 2616]);
  });

  test("a truncated gzip file is named, with what to do", async () => {
    const bytes = gzipSync("{}\n".repeat(1000));
    const { errors } = await readAll(write("a.jsonl.gz", bytes.subarray(0, bytes.length - 12)));
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
    expect(errors[0]?.message).toContain(join(directory, "a.jsonl.gz"));
    expect(errors[0]?.message).toContain("truncated");
  });

  test("a missing file is named", async () => {
    const { errors } = await readAll(join(directory, "none.jsonl"));
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
    expect(errors[0]?.message).toContain("none.jsonl: there is no such file");
  });
});

describe("csv", () => {
  test("rows come as columns of text, broken ones are marked and keep their number", async () => {
    const lines = Array.from({ length: 20_000 }, (_, row) =>
      row === 15_000 ? "1,2,3" : `${row},"a ""b"", c"`,
    );
    const file = write("a.csv.gz", gzipSync(`id,text\n${lines.join("\r\n")}\r\n`));
    const { tables } = await readAll(file, { format: "csv", offset: 14_999 });
    const [table] = tables;
    expect(table?.firstOffset).toBe(14_999);
    expect(tables.reduce((sum, { count }) => sum + count, 0)).toBe(5001);
    expect(table?.columns["id"]?.[0]).toBe("14999");
    expect(table?.columns["text"]?.[0]).toBe('a "b", c');
    expect([...(table?.broken ?? [])].slice(0, 3)).toEqual([0, 1, 0]);
  });

  test("a file with two columns of one name is SOURCE_INVALID, and names it", async () => {
    const { errors, tables } = await readAll(write("a.csv", "id,amount,id\n1,2,3\n"));
    expect(tables).toEqual([]);
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
    expect(errors[0]?.message).toContain('a.csv: two of its columns are called "id".');
  });

  test("a file whose columns are separated by something else is SOURCE_INVALID", async () => {
    for (const separator of [";", "\t"]) {
      const { errors } = await readAll(write("a.csv", `id${separator}amount\n1${separator}2\n`));
      expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
      expect(errors[0]?.message).toContain("Separate columns by commas.");
    }
    expect((await readAll(write("a.csv", '"id;amount",x\n1,2\n'))).errors).toEqual([]);
  });

  test("a file whose first row cannot be names is SOURCE_INVALID", async () => {
    const { errors } = await readAll(write("a.csv", Buffer.from([0xff, 0xfe, 0x0a, 0x31, 0x0a])));
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
    expect(errors[0]?.message).toContain("names no columns");
  });
});

describe("Parquet", () => {
  test("rows come as columns of plain values, the first at the offset that was asked for", async () => {
    const { tables } = await readAll(FLIGHTS, { format: "parquet", offset: 2_990_000 });
    expect(tables.map(({ count, firstOffset, end }) => [count, firstOffset, end])).toEqual([
      [8192, 2_990_000, 3_000_000],
      [1808, 2_998_192, 3_000_000],
    ]);
    const columns = tables[0]?.columns ?? {};
    expect(Object.keys(columns)).toEqual(["date", "delay", "distance", "origin", "destination"]);
    expect(Object.values(columns).map((values) => typeof values[0])).toEqual([
      "number",
      "number",
      "number",
      "string",
      "string",
    ]);
  });

  test("a truncated file is SOURCE_INVALID", async () => {
    const file = join(directory, "cut.parquet");
    copyFileSync(FLIGHTS, file);
    truncateSync(file, 1_000_000);
    const { errors, tables } = await readAll(file);
    expect(tables).toEqual([]);
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
    expect(errors[0]?.message).toBe(
      `${file}: it is no Parquet file, or not a whole one; write it again, or name it by its format (.jsonl or .csv (both also .gz), .parquet, .arrow).`,
    );
  });

  test.each([
    ["rows.csv", "PAR1", "it holds Parquet, which its name does not say; let it end in .parquet."],
    ["rows", "PAR1", "it holds Parquet, which its name does not say; let it end in .parquet."],
    ["rows.jsonl", "ARROW1", "it holds Arrow, which its name does not say; let it end in .arrow."],
  ])("%s that begins with %s is said to be what it is", async (name, content, said) => {
    const file = write(name, `${content}\0\0`);
    const { errors } = await readAll(file);
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID", message: `${file}: ${said}` });
  });

  test("a table packed with gzip is said to be one", async () => {
    const file = write("rows.parquet.gz", gzipSync("PAR1"));
    const { errors } = await readAll(file);
    expect(errors[0]?.message).toContain("unpack it, and let it end in .parquet.");
  });

  test("text that is named .parquet is SOURCE_INVALID", async () => {
    const { errors } = await readAll(write("a.parquet", "a,b\n1,2\n"));
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
  });

  test.each(["a.parquet", "a.arrow", "a.csv", "a.jsonl"])(
    "a directory named %s is called one",
    async (name) => {
      const file = join(directory, name);
      mkdirSync(file);
      const { errors } = await readAll(file);
      expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
      expect(errors[0]?.message).toBe(`${file}: it is a directory; name one file in it.`);
    },
  );
});

describe("Arrow", () => {
  const table = tableFromArrays({
    amount: Float64Array.from({ length: 10_000 }, (_, row) => row / 2),
    count: BigInt64Array.from({ length: 10_000 }, (_, row) => BigInt(row)),
    region: Array.from({ length: 10_000 }, (_, row) => (row % 3 === 0 ? null : `r${row % 3}`)),
    seen: Array.from({ length: 10_000 }, (_, row) => new Date(row)),
  });

  test.each(["file", "stream"] as const)(
    "an IPC %s is read from the row that was asked for",
    async (kind) => {
      const file = write("a.arrow", tableToIPC(table, kind));
      const { tables, errors } = await readAll(file, { format: "arrow", offset: 100 });
      expect(errors).toEqual([]);
      expect(tables.map(({ count, firstOffset }) => [count, firstOffset])).toEqual([
        [8192, 100],
        [1708, 8292],
      ]);
      const { amount, count, region, seen } = tables[1]?.columns ?? {};
      expect(amount?.[0]).toBe(4146);
      expect(count?.[0]).toBe(8292);
      expect([region?.[0], region?.[1], region?.[2]]).toEqual([null, "r1", "r2"]);
      expect(seen?.[0]).toBe(8292);
    },
  );

  test("a truncated file is SOURCE_INVALID", async () => {
    const bytes = tableToIPC(table, "file");
    const { errors } = await readAll(write("a.arrow", bytes.subarray(0, 2000)), { format: "arrow" });
    expect(errors[0]).toMatchObject({ code: "SOURCE_INVALID" });
  });
});

describe("a file that was replaced", () => {
  async function readFrom(file: string, position: Partial<Position>): Promise<Recording> {
    return readAll(file, {
      listener: recordListener([{ stream: "s", partition: 0, offset: 2, ...position }]),
    });
  }

  test("is read from its beginning where the last record is another one", async () => {
    const { records } = await readAll(write("a.jsonl", '{"a":1}\n{"a":2}\n'));
    const last = records[1]?.mark;
    if (last === undefined) throw new Error("two records");
    const grown = await readFrom(write("a.jsonl", '{"a":1}\n{"a":2}\n{"a":3}\n'), { last });
    expect(grown.records.map(({ value }) => value)).toEqual(['{"a":3}']);
    expect(grown.calls).not.toContain("recreated s/0 0");
    const replaced = await readFrom(write("a.jsonl", '{"b":1}\n{"b":2}\n{"b":3}\n'), { last });
    expect(replaced.records.map(({ value }) => value)).toEqual(['{"b":1}', '{"b":2}', '{"b":3}']);
    expect(replaced.calls).toContain("recreated s/0 0");
  });

  test("is the same where its last line was read before it was whole", async () => {
    const { records } = await readAll(write("a.jsonl", '{"a":1}\n{"a":'));
    const last = records[1]?.mark;
    if (last === undefined) throw new Error("two records");
    const grown = await readFrom(write("a.jsonl", '{"a":1}\n{"a":2}\n{"a":3}\n'), { last });
    expect(grown.records.map(({ value }) => value)).toEqual(['{"a":3}']);
    expect(grown.calls).not.toContain("recreated s/0 0");
  });

  test.each([
    ["a.jsonl", '{"a":1}\n'],
    ["a.csv", "a\n1\n"],
  ])("is read from its beginning where %s has fewer rows than were read", async (name, content) => {
    const { calls, records, tables } = await readFrom(write(name, content), {});
    expect(calls).toContain("recreated s/0 0");
    expect(records.length + tables.length).toBe(1);
  });

  test("is the same where all of it was read", async () => {
    const { calls, tables } = await readFrom(write("a.csv", "a\n1\n2\n"), {});
    expect(calls).toEqual(["assigned 0", "ended s/0"]);
    expect(tables).toEqual([]);
  });
});
