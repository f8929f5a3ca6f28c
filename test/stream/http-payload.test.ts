import { describe, expect, it } from "vitest";
import { readPayload } from "../../src/stream/http-payload.ts";

const GOOD = { id: "r-1", kind: "request", modelid: "flights", data: "CgdmbGlnaHRz", metadata: {} };
const read = (payload: unknown): ReturnType<typeof readPayload> =>
  readPayload(Buffer.from(JSON.stringify(payload)));

describe("a payload of ModelMesh", () => {
  it("becomes a gRPC body with the attributes of KServe's logger", () => {
    const payload = read(GOOD);
    if (typeof payload === "string") throw new Error(payload);
    expect(payload.headers).toEqual({
      "ce-id": "r-1",
      "ce-type": "org.kubeflow.serving.inference.request",
      "ce-inferenceservicename": "flights",
      "content-type": "application/grpc",
    });
    expect(Buffer.from(payload.value)).toEqual(
      Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), Buffer.from("\n\u0007flights")]),
    );
  });

  it.each([null, undefined, ""])("without data is a call that failed: %s", (data) => {
    const payload = read({ ...GOOD, kind: "response", data });
    if (typeof payload === "string") throw new Error(payload);
    expect(payload.value).toHaveLength(0);
  });

  it.each([
    [{ ...GOOD, id: "" }, "id is missing"],
    [{ ...GOOD, kind: "other" }, 'Write "request" or "response"'],
    [{ ...GOOD, modelid: 7 }, "modelid is missing"],
    [{ ...GOOD, data: "%%%%" }, "data is no base64"],
    [[], "id is missing"],
    ["text", "no JSON object"],
    [null, "no JSON object"],
  ])("says what is wrong with %j", (payload, says) => {
    expect(read(payload)).toContain(says);
  });

  it("says so where it is no JSON", () => {
    expect(readPayload(Buffer.from("{"))).toBe("The body is no JSON.");
    expect(readPayload(Buffer.from([0xff]))).toBe("The body is no JSON.");
  });
});
