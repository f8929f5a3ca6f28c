import type { ColumnDistance } from "../../reference/candidate.ts";
import type { Server } from "../../runtime/server.ts";

/** What a model is held against. */
export interface ShownReference {
  readonly model: string;
  /** `built`: of a file; `learnt`: by a daemon, of its stream; `learning`: there is none yet. */
  readonly state: "built" | "learnt" | "learning";
  readonly id?: string;
  /** That it was made of. */
  readonly rows?: number;
  /** While it is learnt, where this member judges: the share of its time that is over, rows that came, and those kept. */
  readonly learning?: {
    readonly share: number;
    readonly rows: number;
    readonly sampled: number;
    /** RFC 3339. */
    readonly until?: string;
  };
  /** Where its rule file asks for `refresh`, and the time has come once since this reference is in use. */
  readonly refresh?: ShownRefresh;
}

/** What came of the last refresh. Times are RFC 3339 UTC. */
export interface ShownRefresh {
  /** `ready`: there is a candidate; `refused`: there is none, and `refused` says why. */
  readonly state: "ready" | "refused";
  /** Wall clock. */
  readonly at: string;
  /** Id of the candidate. */
  readonly id?: string;
  readonly refused?: readonly string[];
  /** Event time of what was counted. */
  readonly from?: string;
  readonly to?: string;
  readonly rows: number;
  /** By length of window, such as 1h. */
  readonly windows: Readonly<Record<string, number>>;
  /** How far each column was from the reference in use, the worst first. */
  readonly columns: readonly ColumnDistance[];
  /** Those that fired in that time: their rows are in the candidate. */
  readonly alerts: readonly {
    readonly id: string;
    readonly alert: string;
    readonly column?: string;
    readonly version?: string;
    readonly segment?: string;
    readonly from: string;
    readonly to?: string;
  }[];
  /** Alerts that ended before are not known any more. */
  readonly alertsKnownSince?: string;
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["model"],
  properties: { model: { type: "string" }, candidate: { type: "boolean" } },
};

/**
 * `GET /api/references`: `{references: ShownReference[]}`; `GET /api/reference?model=`: `{model, file}`, in base64; with
 * `candidate=true` that of the candidate.
 */
export function registerReferences(
  server: Server,
  parts: {
    references(): Promise<readonly ShownReference[]>;
    file(model: string): Uint8Array | undefined;
    candidate(model: string): Promise<Uint8Array | undefined>;
  },
): void {
  server.get("/api/references", async () => ({ references: await parts.references() }));
  server.get<{ Querystring: { readonly model: string; readonly candidate?: boolean } }>(
    "/api/reference",
    { schema: { querystring: QUERY_SCHEMA } },
    async (request, reply) => {
      const { model, candidate = false } = request.query;
      const file = candidate ? await parts.candidate(model) : parts.file(model);
      if (file !== undefined) return { model, file: Buffer.from(file).toString("base64") };
      const message = candidate
        ? `There is no candidate for the reference of ${model}: no such model is refreshed, its time has not come, or it was refused. GET /api/references says which.`
        : `There is no reference of ${model}: no such model is watched, or it learns one. GET /api/references says which.`;
      return reply.code(404).send({ error: { code: "not-found", message } });
    },
  );
}
