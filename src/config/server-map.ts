import type { StreamSection } from "./generated/driftd.ts";
import type { FaultAt } from "./location.ts";
import { isServerFormat } from "./streams-section.ts";

/** Where a request or response has the fields of its envelope. */
const IN_BODY: Readonly<Record<string, string>> = {
  id: "/id",
  model: "/model_name",
  version: "/model_version",
};

/** What a map cannot say of requests and responses: they are tensors and not one object. */
export function checkServerMap({ format, map = {} }: StreamSection): FaultAt[] {
  if (!isServerFormat(format)) return [];
  const faults: FaultAt[] = [];
  for (const field of ["features", "segment", "truth"] as const) {
    if (map[field] === undefined) continue;
    const message =
      "is no part of a request: columns are found by the names of tensors; name them with names";
    faults.push({ path: ["map", field], which: "key", code: "CONFLICT", message });
  }
  for (const field of ["id", "model", "version", "time"] as const) {
    const source = map[field];
    const pointer = typeof source === "string" ? source : source?.pointer;
    if (pointer === undefined || pointer === IN_BODY[field]) continue;
    const place = IN_BODY[field];
    const what = place === undefined ? `no ${field} inside` : `its ${field} at ${place} alone`;
    const message = `a request or response has ${what}; write { header: NAME }, or leave it out`;
    faults.push({ path: ["map", field], code: "WRONG_VALUE", message });
  }
  return faults;
}
