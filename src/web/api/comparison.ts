import type { Server } from "../../runtime/server.ts";
import type { Alert } from "../../verdict/alert.ts";
import type { VersionDifference } from "../../verdict/version-comparison.ts";

/** What one version of a model does otherwise than another. Times are RFC 3339 UTC, in event time; "" where none is known. */
export interface ShownComparison {
  readonly model: string;
  readonly version: string;
  readonly against: string;
  /** The last window that was judged. */
  readonly window: { readonly from: string; readonly to: string };
  /**
   * `differs`: a rule against that version fires, or some row below differs. `alike`: what could be compared does not.
   * `unknown`: nothing could be compared yet.
   */
  readonly verdict: "differs" | "alike" | "unknown";
  /** Why nothing could be compared, as a sentence; where the verdict is `unknown`. */
  readonly reason?: string;
  /** Alerts of the version, by rules that hold it against the other one. */
  readonly firing: readonly Alert[];
  /** Over the window. */
  readonly columns: readonly VersionDifference[];
  /** By cohort, newest first; of those whose labels are still coming, too. */
  readonly labels: readonly ComparedCohort[];
}

interface ComparedCohort {
  readonly from: string;
  readonly to: string;
  readonly state: "provisional" | "judged";
  readonly differences: readonly VersionDifference[];
}

interface ComparisonQuery {
  readonly model: string;
  readonly version: string;
  readonly against: string;
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["model", "version", "against"],
  properties: {
    model: { type: "string", minLength: 1 },
    version: { type: "string", minLength: 1 },
    against: { type: "string", minLength: 1 },
  },
};

export interface ComparisonSource {
  /** Undefined where no model has the name. */
  compare(query: ComparisonQuery): Promise<ShownComparison | undefined>;
  /** Where to ask instead, as a sentence; undefined where versions can be compared here. */
  elsewhere(): string | undefined;
}

/**
 * `GET /api/compare?model=&version=&against=`: ShownComparison, 400 where both are one version, or 404 for an unknown model. A
 * member of a fleet that does not judge says under `elsewhere` whom to ask.
 */
export function registerComparison(server: Server, { compare, elsewhere }: ComparisonSource): void {
  server.get<{ Querystring: ComparisonQuery }>(
    "/api/compare",
    { schema: { querystring: QUERY_SCHEMA } },
    async (request, reply) => {
      const other = elsewhere();
      if (other !== undefined) return { verdict: "unknown", elsewhere: other };
      const { model, version, against } = request.query;
      if (version === against) {
        const message = `version and against are both ${version}: name two versions.`;
        return reply.code(400).send({ error: { code: "ONE_VERSION", message } });
      }
      const found = await compare({ model, version, against });
      if (found !== undefined) return found;
      const message = `No model is called ${model}; driftd check lists them.`;
      return reply.code(404).send({ error: { code: "UNKNOWN_MODEL", message } });
    },
  );
}
