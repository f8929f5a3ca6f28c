import { dirname, relative } from "node:path";
import { formatDuration } from "../../config/quantity.ts";
import type { Model } from "../../rules/model.ts";

/** What the rule file is to say of a reference, as its paths are read and with what else it says of it; the file is absolute. */
export function referenceEntry(
  model: Pick<Model, "file" | "refresh"> | undefined,
  name: string,
  { file, sha256 }: { readonly file: string; readonly sha256: string },
): string {
  const path = model === undefined ? file : relative(dirname(model.file), file);
  const refresh = name === "default" ? model?.refresh : undefined;
  const times =
    refresh &&
    `refresh: { schedule: ${JSON.stringify(refresh.schedule)}, last: ${formatDuration(refresh.last)} }`;
  return `{ ${[`file: ${path}`, `sha256: ${sha256}`, ...(times === undefined ? [] : [times])].join(", ")} }`;
}
