import type { Server } from "../../runtime/server.ts";
import type { Alert } from "../../verdict/alert.ts";

interface AlertQuery {
  readonly state?: "firing" | "resolved";
  readonly model?: string;
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: { state: { enum: ["firing", "resolved"] }, model: { type: "string" } },
};

export interface AlertSource {
  alerts(): readonly Alert[];
  /** Where to ask instead, as a sentence; undefined where the alerts are known here. */
  elsewhere(): string | undefined;
}

/**
 * `GET /api/alerts?state=&model=`: `{alerts: Alert[]}`, newest first; firing ones and those lately resolved. A member of a fleet
 * that does not judge knows none, and says so under `elsewhere`.
 */
export function registerAlerts(server: Server, { alerts, elsewhere }: AlertSource): void {
  server.get<{ Querystring: AlertQuery }>(
    "/api/alerts",
    { schema: { querystring: QUERY_SCHEMA } },
    (request) => {
      const { state, model } = request.query;
      const wanted = alerts().filter(
        (alert) =>
          (state === undefined || alert.state === state) && (model === undefined || alert.model === model),
      );
      const inOrder = wanted.sort((left, right) => Date.parse(right.startsAt) - Date.parse(left.startsAt));
      const other = elsewhere();
      return { alerts: inOrder, ...(other === undefined ? {} : { elsewhere: other }) };
    },
  );
}
