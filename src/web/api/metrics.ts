import type { Server } from "../../runtime/server.ts";

export interface MetricsSource {
  readonly contentType: string;
  render(): Promise<string>;
}

/** `GET /metrics`: the exposition, as it is rendered for this scrape. */
export function registerMetrics(server: Server, { contentType, render }: MetricsSource): void {
  server.get("/metrics", async (_request, reply) => reply.type(contentType).send(await render()));
}
