import { isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import { resolvePath } from "./path.ts";

/** Whether every file that is written is written by one, and read by no stream. */
export function checkWrittenFiles(document: Document, sound: (path: Path) => boolean): readonly Fault[] {
  // Read as it may be: only sections that the schema finds sound are looked at below.
  const config = document.data as Partial<DriftdFile>;
  const taken = new Map<string, string>();
  const sections = isMapData(config.streams) ? Object.entries(config.streams) : [];
  for (const [name, { file }] of sections.filter(([name]) => sound(["streams", name])))
    if (file !== undefined) taken.set(resolvePath(".", file), `is read by stream ${name}`);
  const faults: Fault[] = [];
  for (const { path, file } of writtenFiles(config, sound)) {
    const place = resolvePath(".", file);
    const other = taken.get(place);
    if (other === undefined) taken.set(place, `is written by ${path.slice(0, -1).join(".")}`);
    else faults.push(faultAt(document, { path, code: "CONFLICT", message: `${other}; name another file` }));
  }
  return faults;
}

function* writtenFiles(
  { quarantine, publish }: Partial<DriftdFile>,
  sound: (path: Path) => boolean,
): Iterable<{ readonly path: Path; readonly file: string }> {
  if (sound(["quarantine"]) && quarantine?.file !== undefined)
    yield { path: ["quarantine", "file"], file: quarantine.file };
  if (!sound(["publish"]) || !sound(["publish", "review"])) return;
  for (const [name, { file }] of Object.entries(publish?.review ?? {}))
    if (file !== undefined) yield { path: ["publish", "review", name, "file"], file };
}
