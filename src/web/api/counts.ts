import type { Server } from "../../runtime/server.ts";

/** Times are event time, ms since the epoch. */
export interface CountsQuery {
  readonly model: string;
  readonly column: string;
  /** All, where absent. */
  readonly version?: string;
  readonly since: number;
  readonly until?: number;
}

/** What was counted of a column, on the bins and categories of its reference. */
export interface ShownCounts {
  readonly model: string;
  readonly column: string;
  /** Id of the reference: the version's own, where it has one. */
  readonly reference: string;
  /** The first pane, hour or day that the store still has of the span, and where the last one ends: RFC 3339 UTC; absent where there is none. */
  readonly from?: string;
  readonly to?: string;
  readonly segments: readonly {
    readonly name: string;
    readonly counts: readonly number[];
    /** Of number columns whose values are summed: what follows the counts in a section of the kind `sums`. */
    readonly sums?: readonly number[];
  }[];
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["model", "column", "since"],
  properties: {
    model: { type: "string" },
    column: { type: "string" },
    version: { type: "string" },
    since: { type: "number" },
    until: { type: "number" },
  },
};

/** `GET /api/counts?model=&column=&version=&since=&until=`: ShownCounts; 404 where there is no such model or column. */
export function registerCounts(
  server: Server,
  { counts }: { counts(query: CountsQuery): Promise<ShownCounts | undefined> },
): void {
  server.get<{ Querystring: CountsQuery }>(
    "/api/counts",
    { schema: { querystring: QUERY_SCHEMA } },
    async (request, reply) => {
      const found = await counts(request.query);
      if (found !== undefined) return found;
      const { model, column } = request.query;
      const message = `There is no column ${column} of a model ${model}.`;
      return reply.code(404).send({ error: { code: "UNKNOWN_COLUMN", message } });
    },
  );
}
