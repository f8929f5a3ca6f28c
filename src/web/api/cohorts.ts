import type { Server } from "../../runtime/server.ts";
import type { Score } from "../../statistics/score.ts";

/** The predictions of one span of time, and what their labels say of them by now. Times are RFC 3339 UTC. */
export interface ShownCohort {
  readonly model: string;
  readonly from: string;
  readonly to: string;
  /** `provisional`: labels are still to come, and no rule has judged it. `judged`: later labels revise its numbers only. */
  readonly state: "provisional" | "judged";
  /** `extras.coverage` is the share of predictions that have a label. */
  readonly scores: readonly CohortScore[];
}

interface CohortScore {
  readonly version?: string;
  readonly segment?: string;
  readonly measure: string;
  readonly score: Score;
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: { model: { type: "string" }, state: { enum: ["provisional", "judged"] } },
};

/** `GET /api/cohorts?model=&state=`: `{cohorts: ShownCohort[]}`, newest first. */
export function registerCohorts(
  server: Server,
  { cohorts }: { cohorts(): Promise<readonly ShownCohort[]> },
): void {
  server.get<{ Querystring: Partial<Pick<ShownCohort, "model" | "state">> }>(
    "/api/cohorts",
    { schema: { querystring: QUERY_SCHEMA } },
    async (request) => {
      const { model, state } = request.query;
      const shown = await cohorts();
      return {
        cohorts: shown.filter(
          (cohort) =>
            (model === undefined || cohort.model === model) &&
            (state === undefined || cohort.state === state),
        ),
      };
    },
  );
}
