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
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["model"],
  properties: { model: { type: "string" } },
};

/** `GET /api/references`: `{references: ShownReference[]}`; `GET /api/reference?model=`: `{model, file}`, in base64. */
export function registerReferences(
  server: Server,
  parts: {
    references(): readonly ShownReference[];
    file(model: string): Uint8Array | undefined;
  },
): void {
  server.get("/api/references", () => ({ references: parts.references() }));
  server.get<{ Querystring: { readonly model: string } }>(
    "/api/reference",
    { schema: { querystring: QUERY_SCHEMA } },
    (request, reply) => {
      const { model } = request.query;
      const file = parts.file(model);
      if (file !== undefined) return { model, file: Buffer.from(file).toString("base64") };
      const message = `There is no reference of ${model}: no such model is watched, or it learns one. GET /api/references says which.`;
      return reply.code(404).send({ error: { code: "not-found", message } });
    },
  );
}
