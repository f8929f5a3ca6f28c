/** Writes protobuf, without any library: for tests of what reads it. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export function tag(field: number, type: number): Buffer {
  return varint(field * 8 + type);
}

/** A field of bytes: a string, a message, packed values. */
export function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([tag(number, 2), varint(bytes.length), bytes]);
}

export interface WrittenTensor {
  readonly name?: string;
  readonly datatype: string;
  readonly shape: readonly (number | bigint)[];
  /** The fields of InferTensorContents. */
  readonly contents?: Uint8Array;
  readonly contentType?: string;
}

export function tensorMessage({ name, datatype, shape, contents, contentType }: WrittenTensor): Buffer {
  const parameter = Buffer.concat([field(1, "content_type"), field(2, field(3, contentType ?? ""))]);
  return Buffer.concat([
    name === undefined ? Buffer.alloc(0) : field(1, name),
    field(2, datatype),
    field(3, Buffer.concat(shape.map(varint))),
    contentType === undefined ? Buffer.alloc(0) : field(4, parameter),
    contents === undefined ? Buffer.alloc(0) : field(5, contents),
  ]);
}

/** A request or a response; raw contents are field 7 of the one and 6 of the other. */
export function inferMessage(
  tensors: readonly WrittenTensor[],
  raw: { readonly field?: 6 | 7; readonly contents?: readonly Uint8Array[] } = {},
): Buffer {
  return Buffer.concat([
    field(1, "m"),
    field(2, "7"),
    field(3, "id-1"),
    ...tensors.map((tensor) => field(5, tensorMessage(tensor))),
    ...(raw.contents ?? []).map((contents) => field(raw.field ?? 7, contents)),
  ]);
}

/** The frame of gRPC before a message. */
export function framed(message: Uint8Array, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
