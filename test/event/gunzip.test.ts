import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzip, isGzip } from "../../src/event/gunzip.ts";
import { bodyOf, rowsOf } from "./body-of.ts";
import { inferMessage } from "./oip-message.ts";

const BODY = Buffer.from('{"instances": [1, 2]}');

describe("gunzip", () => {
  it("unpacks bodies that begin as gzip does", () => {
    expect(isGzip(gzipSync(BODY))).toBe(true);
    expect(rowsOf(gzipSync(BODY))).toEqual({ instances: [[1], [2]] });
    const message = inferMessage([{ name: "x", datatype: "INT8", shape: [1] }], { contents: [Buffer.of(7)] });
    expect(rowsOf(gzipSync(message))).toEqual({ x: [[7]] });
  });

  it("answers what is wrong instead of throwing", () => {
    const packed = gzipSync(BODY);
    expect(gunzip(packed.subarray(0, 12), 100)).toBe("undecodable");
    expect(gunzip(Buffer.of(0x1f, 0x8b, 0x08), 100)).toBe("undecodable");
    const corrupt = Buffer.from(packed);
    corrupt[14] ^= 0xff;
    expect(gunzip(corrupt, 100)).toBe("undecodable");
    for (let at = 2; at < packed.length; at++) {
      const flipped = Buffer.from(packed);
      flipped[at] ^= 0x20;
      const unpacked = gunzip(flipped, 100);
      // Some bits say nothing about the content; none may give another.
      expect(["undecodable", BODY.toString()]).toContain(unpacked.toString());
    }
    expect(gunzip(gzipSync(Buffer.alloc(0)), 100)).toHaveLength(0);
  });

  it("never unpacks more than a record may hold", () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(60_000);
    expect(bodyOf(bomb, "request", 1_000_000)).toBe("oversize");
    expect(gunzip(gzipSync(Buffer.alloc(1_000)), 1_000)).toHaveLength(1_000);
    expect(gunzip(gzipSync(Buffer.alloc(1_001)), 1_000)).toBe("oversize");
  });
});
