import { printable } from "../text.ts";
import type { NewFile } from "./files.ts";
import type { Guess } from "./guess.ts";

/** What somebody has to know, or do. */
export function notesOn(
  { map, inferred, columns, perhapsTrue }: Guess,
  {
    secrets,
    isServer,
    hasLabels,
  }: { readonly secrets: readonly NewFile[]; readonly isServer: boolean; readonly hasLabels: boolean },
): string[] {
  const notes: string[] = [];
  if (map.time === undefined && isServer) {
    notes.push(
      "Bodies of a model server hold no time. While driftd runs they have that of their records; for alarms of drift that can be trusted learn from records that hold one.",
    );
  } else if (map.time === undefined) {
    notes.push(
      "EDIT: no column was taken for the event time, and without one driftd run counts nothing. Run init again with --time COLUMN and --force (times are written as 2026-01-31T12:00:00Z, or as a number since 1970).",
    );
  }
  if (columns.every(({ role }) => role !== "output")) {
    notes.push(
      "No column was taken for what the model answered, so only its inputs are watched. Where there is one, run init again with --force and --score COLUMN (a probability), --decision COLUMN (a class) or --value COLUMN (a number).",
    );
  }
  if (!hasLabels && perhapsTrue.length > 0) {
    const names = perhapsTrue.slice(0, 8).map(printable).join(", ");
    notes.push(
      `No column was taken for what came true. Where ${perhapsTrue.length === 1 ? `${names} is that` : `one of ${names} is that`}, it is no input: run init again with --force and --truth COLUMN.`,
    );
  }
  if (inferred.map.truth !== undefined && (map.id === undefined || map.time === undefined)) {
    notes.push(
      "There is a truth beside the predictions, but no id and time by which labels could name them: labels are not judged.",
    );
  }
  for (const { path } of secrets) {
    notes.push(
      `${path} is the key of hashed columns, readable by you only. Keep it, and keep it out of git: echo ${path} >> .gitignore`,
    );
  }
  return notes;
}
