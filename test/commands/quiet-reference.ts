import type { Reference } from "../../src/reference/reference.ts";
import { build, plan, random } from "../reference/plain-rows.ts";

/** Forty days of a quiet column, 200 rows an hour. */
export function quietReference(
  options: { model?: string; keyId?: string; segmentBy?: string[][] } = {},
): Reference {
  const next = random(11);
  const rows = Array.from({ length: 40 * 24 * 200 }, (_, i) => ({
    time: Date.UTC(2026, 0, 1) + i * 18_000,
    amount: next(),
    region: next() < 0.5 ? "eu" : "us",
  }));
  const events = plan(
    { name: "amount", type: "number" },
    { name: "region", type: "category", role: "segment" },
  );
  return build({ ...events, model: options.model ?? "m" }, rows, {
    segmentBy: options.segmentBy ?? [["region"]],
    ...(options.keyId !== undefined && { keyId: options.keyId }),
  });
}
