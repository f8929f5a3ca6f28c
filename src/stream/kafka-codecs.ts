import kafkajs from "kafkajs";

// Node finds only some names of this CommonJS package; these two are among the others.
const { CompressionCodecs, CompressionTypes } = kafkajs;

/** What kafkajs asks of a codec; a consumer never compresses. */
interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/**
 * Teaches kafkajs to read snappy, lz4 and zstd records (gzip it knows): without them such a record ends the consumer. All
 * pure JavaScript, loaded when the first such record arrives. Safe to call again: the table is the same.
 */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => SNAPPY;
  CompressionCodecs[CompressionTypes.LZ4] = () => LZ4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => ZSTD;
}

const ZSTD: Codec = {
  async decompress(bytes) {
    const { decompress } = await import("fzstd");
    return asBuffer(decompress(bytes));
  },
};

const LZ4: Codec = {
  // Since message format 2 Kafka writes the standard LZ4 frame.
  async decompress(bytes) {
    const { decompress } = await import("lz4js");
    return asBuffer(decompress(bytes));
  },
};

/** The Java client wraps snappy blocks in xerial's frame: this mark, two versions, then length and block in turn. */
const XERIAL_MARK = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;

const SNAPPY: Codec = {
  async decompress(bytes) {
    const { uncompress } = await import("snappyjs");
    // librdkafka and Go clients write one bare block.
    if (!bytes.subarray(0, XERIAL_MARK.length).equals(XERIAL_MARK)) return asBuffer(uncompress(bytes));
    const blocks: Uint8Array[] = [];
    for (let at = XERIAL_HEADER_BYTES; at + 4 <= bytes.length;) {
      const end = at + 4 + bytes.readUInt32BE(at);
      blocks.push(uncompress(bytes.subarray(at + 4, end)));
      at = end;
    }
    return Buffer.concat(blocks);
  },
};

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
