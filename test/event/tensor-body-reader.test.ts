import { describe, expect, it } from "vitest";
import { createTensorReader } from "../../src/event/tensor-reader.ts";
import { READ, readBody, UNDECODABLE } from "../../src/event/tensor-body-reader.ts";
import { plainBody } from "./plain/any-body.ts";
import { shownBody } from "./plain/body.ts";
import { recordedBodies } from "./recorded-bodies.ts";

/** Bodies that are none, as their notes say: empty, cut, of another format, or contradicting themselves. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "kserve-agent": [
    "v1-error-400 request",
    "v1-empty-200 response",
    "v1-truncated-json request",
    "get-metadata request",
    "get-metadata response",
    "get-health response",
    "get-health request",
    "v2-shape-mismatch request",
    "stream request",
    "stream response",
    "image-body request",
    "bad-json-cut request",
  ],
  "kserve-agent-mlserver": ["mls-err-datatype request"],
  "oip-grpc": [
    "nan error",
    "err-runtime error",
    "err-unknown-model error",
    "err-shape error",
    "agent-nan response",
    "agent-err-runtime response",
    "agent-err-unknown-model response",
    "agent-err-shape response",
    "bad-cut request",
    "bad-json request",
    "bad-lengths request",
    "bad-raw-count request",
  ],
  "mlserver-kafka": ["bad-json request", "bad-not-json request", "bad-datatype request"],
  cloudevents: [
    "v1-error-400 request",
    "v1-error-400 request",
    "get-health response",
    "get-health request",
    "bad-cut request",
  ],
};

const reader = createTensorReader();
const maxBytes = 1_048_576;

describe("readBody", () => {
  it.each(Object.keys(REFUSED))("refuses of %s what is no body", (name) => {
    const refused = recordedBodies(name).filter(
      ({ kind, bytes }) => readBody(reader, bytes, { kind, maxBytes }) !== READ,
    );
    expect(refused.map(({ label }) => label)).toEqual(REFUSED[name]);
  });

  it.each(Object.keys(REFUSED))("reads every body of %s as a slow reader does", (name) => {
    const bodies = recordedBodies(name);
    expect(bodies.length).toBeGreaterThan(15);
    for (const { label, kind, bytes } of bodies) {
      const outcome = readBody(reader, bytes, { kind, maxBytes });
      const expected = plainBody(bytes, kind);
      const body = outcome === READ ? shownBody(reader.body) : undefined;
      expect([label, outcome, body]).toEqual([label, expected === undefined ? UNDECODABLE : READ, expected]);
    }
  });
});
