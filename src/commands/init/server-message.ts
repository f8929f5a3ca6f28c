import type { StreamFormat } from "../../config/config.ts";

/** One half of an inference, as a model server or its logger wrote it. */
export interface ServerMessage {
  readonly half: "request" | "response";
  readonly format: Extract<StreamFormat, "kserve" | "oip-v2">;
  readonly id: string;
  readonly time?: string;
  readonly model?: string;
  readonly version?: string;
  /** By row: its columns, called as the decoders of servers call them. */
  readonly rows: readonly Row[];
}

type Row = Readonly<Record<string, unknown>>;
type Members = Readonly<Record<string, unknown>>;

const KSERVE = /^org\.kubeflow\.serving\.inference\.(request|response)$/;

/**
 * A structured CloudEvent of KServe's logger, or a body of the Open Inference Protocol that names itself; undefined of anything else,
 * and of bodies that are not JSON.
 */
export function readServerMessage(record: unknown): ServerMessage | undefined {
  if (!isMembers(record)) return undefined;
  const { type, id, time, inferenceservicename, endpoint, component } = record;
  const kind = typeof type === "string" ? KSERVE.exec(type)?.[1] : undefined;
  if (kind === undefined) return readBody(record, { format: "oip-v2", id });
  // Of several hops with one id the predictor's are those that driftd reads.
  if (typeof component === "string" && component !== "" && component !== "predictor") return undefined;
  const body = bodyOf(record);
  const own = body && readBody(body, { format: "kserve", id });
  const version = own?.version ?? textOf(endpoint);
  const model = textOf(inferenceservicename) ?? own?.model;
  return (
    own && {
      ...own,
      ...(model === undefined ? {} : { model }),
      ...(version === undefined ? {} : { version }),
      ...(typeof time === "string" ? { time } : {}),
    }
  );
}

function bodyOf({ data, data_base64: coded }: Members): Members | undefined {
  if (isMembers(data)) return data;
  const text = typeof coded === "string" ? Buffer.from(coded, "base64").toString() : data;
  if (typeof text !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isMembers(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function readBody(
  body: Members,
  { format, id: given }: { readonly format: ServerMessage["format"]; readonly id: unknown },
): ServerMessage | undefined {
  const id = textOf(given);
  const { instances, predictions, inputs, outputs, model_name: name, model_version: versioned } = body;
  const half = instances === undefined && inputs === undefined ? "response" : "request";
  const rows = rowsOf({ instances, predictions }) ?? rowsOfTensors(half === "request" ? inputs : outputs);
  if (id === undefined || rows === undefined) return undefined;
  const model = textOf(name);
  const version = textOf(versioned);
  return {
    half,
    format,
    id,
    rows,
    ...(model === undefined ? {} : { model }),
    ...(version === undefined ? {} : { version }),
  };
}

/** V1: a list of rows, each an object, a list of cells, or a cell. */
function rowsOf(lists: Members): Row[] | undefined {
  const [name, list] = Object.entries(lists).find(([, value]) => Array.isArray(value)) ?? [];
  if (name === undefined || !Array.isArray(list)) return undefined;
  return list.map((row: unknown) =>
    isMembers(row)
      ? Object.fromEntries(Object.entries(row).flatMap(([key, value]) => cellsOf(key, value)))
      : Object.fromEntries(cellsOf(name, row)),
  );
}

/** V2: tensors of which the first dimension is the row. */
function rowsOfTensors(tensors: unknown): Row[] | undefined {
  if (!Array.isArray(tensors)) return undefined;
  const rows: Record<string, unknown>[] = [];
  for (const tensor of tensors as unknown[]) {
    if (!isMembers(tensor)) return undefined;
    const { name, shape, data } = tensor;
    if (typeof name !== "string" || !Array.isArray(shape) || !Array.isArray(data)) return undefined;
    const cells: unknown[] = data.flat(Number.POSITIVE_INFINITY);
    const height = Number(shape[0]);
    const width = cells.length / height;
    if (!Number.isSafeInteger(width) || width < 1) return undefined;
    for (let row = 0; row < height; row += 1) {
      const own = cells.slice(row * width, (row + 1) * width);
      rows[row] = { ...rows[row], ...Object.fromEntries(cellsOf(name, own)) };
    }
  }
  return rows.length === 0 ? undefined : rows;
}

/** Several cells of one name are `name-0`, `name-1`, ... */
function cellsOf(name: string, value: unknown): [string, unknown][] {
  const cells: unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  return cells.length === 1
    ? [[name, cells[0]]]
    : cells.map((cell, position) => [`${name}-${position}`, cell]);
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of a text that says something; numbers are ids, too. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
