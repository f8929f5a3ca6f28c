import { CodedError } from "../../config/coded-error.ts";
import { readDocument, type Document } from "../../config/document.ts";
import type { Fault } from "../../config/fault.ts";
import { faultOfFile } from "../../config/fault.ts";
import { incidentsSchema, type Incidents, type IncidentSection } from "../../config/generated/incidents.ts";
import { faultAt } from "../../config/location.ts";
import { suggestWord } from "../../config/nearest-word.ts";
import { compileSchema } from "../../config/schema.ts";
import { readText } from "../../runtime/files.ts";
import { readIncidentTable } from "./incident-table.ts";
import { parseMoment } from "./span.ts";

/** Something that went wrong, from when to when; event time, ms since the epoch. */
export interface Incident {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Only these can have found it; absent: all. Columns and alerts are globs. */
  readonly model?: string;
  readonly columns?: readonly string[];
  readonly alerts?: readonly string[];
}

export interface ReadIncidents {
  /** In the order of their beginnings. */
  readonly incidents: readonly Incident[];
  readonly faults: readonly Fault[];
}

/** Reads a list of incidents in YAML, JSON or CSV (by its name), and says all that is wrong with it. */
export async function loadIncidents(file: string, models: readonly string[]): Promise<ReadIncidents> {
  try {
    const text = await readText(file, { what: "list of incidents", code: "CONFIG_NOT_FOUND" });
    const document = file.toLowerCase().endsWith(".csv")
      ? readIncidentTable(text, file)
      : readDocument({ text, file });
    return readIncidents(document, models);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { incidents: [], faults: [faultOfFile(file, "FILE_MISSING", error.message)] };
  }
}

function readIncidents(document: Document, models: readonly string[]): ReadIncidents {
  if (document.data === undefined) return { incidents: [], faults: document.faults };
  if (document.data === null) {
    const message = "is empty; write one incident a line: - { name: ..., from: ..., to: ... }";
    return { incidents: [], faults: [faultAt(document, { path: [], code: "MISSING_KEY", message })] };
  }
  const { faults, sound } = compileSchema(incidentsSchema)(document);
  const known = [...document.faults, ...faults];
  if (!sound([]) || known.length > 0) return { incidents: [], faults: known };
  // As the schema has just said.
  const sections = document.data as Incidents;
  const wrong = sections.flatMap((section, position) =>
    checkIncident(section, models).map((fault) =>
      faultAt(document, { ...fault, path: [position, ...fault.path] }),
    ),
  );
  const incidents = sections.map((section) => ({
    ...section,
    from: parseMoment(section.from),
    to: parseMoment(section.to),
  }));
  return { incidents: incidents.toSorted((a, b) => a.from - b.from), faults: wrong };
}

function checkIncident({ from, to, model }: IncidentSection, models: readonly string[]) {
  const wrong: { path: string[]; code: "WRONG_VALUE" | "UNKNOWN_NAME"; message: string }[] = [];
  for (const [key, text] of Object.entries({ from, to })) {
    if (!Number.isNaN(parseMoment(text))) continue;
    const message = "is no time; write 2026-03-02T14:00Z, or a date for its beginning";
    wrong.push({ path: [key], code: "WRONG_VALUE", message });
  }
  if (parseMoment(to) <= parseMoment(from)) {
    wrong.push({ path: ["to"], code: "WRONG_VALUE", message: `is not after from: ${from}` });
  }
  if (model !== undefined && !models.includes(model)) {
    const message = `is no model of this backtest; ${suggestWord(model, models)}`;
    wrong.push({ path: ["model"], code: "UNKNOWN_NAME", message });
  }
  return wrong;
}
