/** A column of a parquet file: what DuckDB or Spark would call BIGINT, DOUBLE or VARCHAR. Null is a missing value. */
export type ParquetColumn =
  | { readonly name: string; readonly type: "int64" | "double"; readonly values: readonly (number | null)[] }
  | { readonly name: string; readonly type: "text"; readonly values: readonly (string | null)[] };

const TYPES = { int64: 2, double: 5, text: 6 } as const;
const UTF8 = 0;
const OPTIONAL = 1;
const PLAIN = 0;
const RLE = 3;
const UNCOMPRESSED = 0;

/**
 * The plainest parquet file: one row group, one page a column, not compressed. Written here since no library in use writes
 * parquet; apache/parquet-format (README, parquet.thrift) says how.
 */
export function writeParquet(columns: readonly ParquetColumn[]): Buffer {
  const rows = columns[0]?.values.length ?? 0;
  const parts: Buffer[] = [Buffer.from("PAR1")];
  let offset = 4;
  const chunks = columns.map((column) => {
    const page = pageOf(column);
    parts.push(page);
    const chunk = struct([
      [2, "i64", offset],
      [
        3,
        "struct",
        struct([
          [1, "i32", TYPES[column.type]],
          [2, "list", list("i32", [zigzag(PLAIN), zigzag(RLE)])],
          [3, "list", list("binary", [text(column.name)])],
          [4, "i32", UNCOMPRESSED],
          [5, "i64", rows],
          [6, "i64", page.length],
          [7, "i64", page.length],
          [9, "i64", offset],
        ]),
      ],
    ]);
    offset += page.length;
    return chunk;
  });
  const schema = [
    struct([
      [4, "binary", text("schema")],
      [5, "i32", columns.length],
    ]),
    ...columns.map(({ name, type }) =>
      struct([
        [1, "i32", TYPES[type]],
        [3, "i32", OPTIONAL],
        [4, "binary", text(name)],
        ...(type === "text" ? [[6, "i32", UTF8] as const] : []),
      ]),
    ),
  ];
  const rowGroup = struct([
    [1, "list", list("struct", chunks)],
    [2, "i64", offset - 4],
    [3, "i64", rows],
  ]);
  const footer = struct([
    [1, "i32", 1],
    [2, "list", list("struct", schema)],
    [3, "i64", rows],
    [4, "list", list("struct", [rowGroup])],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, Buffer.from("PAR1")]);
}

/** A data page: its header, which values are there (one bit each), and those that are. */
function pageOf(column: ParquetColumn): Buffer {
  const { values, type } = column;
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) {
    if (value !== null) bits.writeUInt8(bits.readUInt8(row >> 3) | (1 << (row & 7)), row >> 3);
  }
  const run = Buffer.concat([varint(bits.length * 2 + 1), bits]);
  const levels = Buffer.alloc(4);
  levels.writeUInt32LE(run.length);
  const there = values.filter((value) => value !== null);
  const body = Buffer.concat([levels, run, ...there.map((value) => plain(value, type))]);
  const header = struct([
    [1, "i32", 0],
    [2, "i32", body.length],
    [3, "i32", body.length],
    [
      5,
      "struct",
      struct([
        [1, "i32", values.length],
        [2, "i32", PLAIN],
        [3, "i32", RLE],
        [4, "i32", RLE],
      ]),
    ],
  ]);
  return Buffer.concat([header, body]);
}

function plain(value: string | number, type: ParquetColumn["type"]): Buffer {
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  }
  const bytes = Buffer.alloc(8);
  if (type === "int64") bytes.writeBigInt64LE(BigInt(value));
  else bytes.writeDoubleLE(value);
  return bytes;
}

// Thrift's compact protocol, as far as it is needed.
const THRIFT = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;
type Field = readonly [id: number, type: keyof typeof THRIFT, value: number | Buffer];

/** Fields by rising id, at most 15 apart. */
function struct(fields: readonly Field[]): Buffer {
  let last = 0;
  const parts = fields.map(([id, type, value]) => {
    const head = Buffer.from([((id - last) << 4) | THRIFT[type]]);
    last = id;
    return Buffer.concat([head, typeof value === "number" ? zigzag(value) : value]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function list(type: keyof typeof THRIFT, items: readonly Buffer[]): Buffer {
  const short = items.length < 15;
  const head = Buffer.from([((short ? items.length : 15) << 4) | THRIFT[type]]);
  return Buffer.concat([head, ...(short ? [] : [varint(items.length)]), ...items]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** Of numbers from 0 on. */
function zigzag(value: number): Buffer {
  return varint(value * 2);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
