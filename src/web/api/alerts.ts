import type { Server } from "../../runtime/server.ts";
import type { Alert, AlertJudgement } from "../../verdict/alert.ts";
import type { AlertJudgementName } from "../../verdict/alert-history.ts";
import type { AlertStatistics } from "../../verdict/alert-statistics.ts";

interface AlertQuery {
  readonly state?: "firing" | "resolved" | "all";
  readonly model?: string;
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: { state: { enum: ["firing", "resolved", "all"] }, model: { type: "string" } },
};

const MODEL_SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: { model: { type: "string" } },
};

const JUDGEMENT_SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["by"],
  properties: {
    by: { type: "string", minLength: 1, maxLength: 200 },
    reason: { type: "string", minLength: 1, maxLength: 2_000 },
  },
};

/** How a model's alerts have done against its budget. */
export interface ShownAlertStatistics extends AlertStatistics {
  readonly model: string;
  /** The same counts by alert. */
  readonly alerts: readonly {
    readonly alert: string;
    readonly fired: number;
    readonly promised: number;
    readonly acknowledged: number;
    readonly false: number;
    readonly falsePromised: number;
  }[];
}

export interface AlertSource {
  /** Those that fire, and those that ended lately. */
  alerts(): readonly Alert[];
  statistics(): readonly ShownAlertStatistics[];
  /** Keeps what a person says of an alert: undefined where there is none of this id, false where another member has to be asked. */
  judge(
    id: string,
    name: AlertJudgementName,
    judgement: Omit<AlertJudgement, "at">,
  ): Promise<Alert | false | undefined>;
  /** Whether the sender of a request with this `Authorization` header may judge. */
  allows(authorization: string | undefined): Promise<boolean>;
  /** Where to ask instead, as a sentence; undefined where the alerts are known here. */
  elsewhere(): string | undefined;
}

/**
 * `GET /api/alerts?state=&model=`: `{alerts: Alert[]}`, newest first: those that fire, or those that ended lately
 * (`state=resolved`), or both (`all`). `GET /api/alerts/statistics?model=`: `{models: ShownAlertStatistics[]}`. A member of a fleet
 * that does not judge knows none, and says so under `elsewhere`.
 *
 * `POST /api/alerts/ID/acknowledge` and `.../false`, body `{by, reason?}`: keeps what a person says of an alert; `{alert: Alert}`, or
 * 401, 404, 409 where another member has to be asked.
 */
export function registerAlerts(server: Server, source: AlertSource): void {
  const elsewhere = (): { elsewhere?: string } => {
    const other = source.elsewhere();
    return other === undefined ? {} : { elsewhere: other };
  };
  server.get<{ Querystring: AlertQuery }>(
    "/api/alerts",
    { schema: { querystring: QUERY_SCHEMA } },
    (request) => {
      const { state = "firing", model } = request.query;
      const wanted = source
        .alerts()
        .filter(
          (alert) =>
            (state === "all" || alert.state === state) && (model === undefined || alert.model === model),
        );
      const inOrder = wanted.toSorted(
        (left, right) => Date.parse(right.startsAt) - Date.parse(left.startsAt),
      );
      return { alerts: inOrder, ...elsewhere() };
    },
  );
  server.get<{ Querystring: { readonly model?: string } }>(
    "/api/alerts/statistics",
    { schema: { querystring: MODEL_SCHEMA } },
    (request) => {
      const { model } = request.query;
      const models = source.statistics().filter((one) => model === undefined || one.model === model);
      return { models, ...elsewhere() };
    },
  );
  registerJudgement(server, source, { verb: "acknowledge", name: "acknowledged" });
  registerJudgement(server, source, { verb: "false", name: "false" });
}

function registerJudgement(
  server: Server,
  source: AlertSource,
  { verb, name }: { readonly verb: string; readonly name: AlertJudgementName },
): void {
  server.post<{ Params: { readonly id: string }; Body: Omit<AlertJudgement, "at"> }>(
    `/api/alerts/:id/${verb}`,
    {
      schema: { body: JUDGEMENT_SCHEMA },
      // Before the body is looked at: a stranger is told nothing of it.
      onRequest: async (request, reply) => {
        if (await source.allows(request.headers.authorization)) return;
        const message = "Judging alerts needs the token of http.tokenFile, as Authorization: Bearer TOKEN.";
        await reply.code(401).send({ error: { code: "TOKEN_NEEDED", message } });
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const alert = await source.judge(id, name, request.body);
      if (alert === undefined) {
        const message = `There is no alert ${id} that fires or ended lately. GET /api/alerts?state=all lists them.`;
        return reply.code(404).send({ error: { code: "UNKNOWN_ALERT", message } });
      }
      if (alert !== false) return { alert };
      const message = source.elsewhere() ?? "Another member of the fleet judges by now: ask again.";
      return reply.code(409).send({ error: { code: "ELSEWHERE", message } });
    },
  );
}
