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

/** `GET /api/alerts?state=&model=`: `{alerts: Alert[]}`, newest first; firing ones and those lately resolved. */
export function registerAlerts(server: Server, { alerts }: { alerts(): readonly Alert[] }): void {
  server.get<{ Querystring: AlertQuery }>(
    "/api/alerts",
    { schema: { querystring: QUERY_SCHEMA } },
    (request) => {
      const { state, model } = request.query;
      const wanted = alerts().filter(
        (alert) =>
          (state === undefined || alert.state === state) && (model === undefined || alert.model === model),
      );
      return { alerts: wanted.sort((left, right) => Date.parse(right.startsAt) - Date.parse(left.startsAt)) };
    },
  );
}
