import { onTestFinished } from "vitest";
import { createServer } from "../../../src/runtime/server.ts";
import type { Server } from "../../../src/runtime/server.ts";
import { recordLog } from "../../runtime/log-lines.ts";

/** A server that closes when its test has ended. */
export function server(): Server {
  const created = createServer(recordLog());
  onTestFinished(() => created.close());
  return created;
}
