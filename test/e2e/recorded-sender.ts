import { request } from "node:http";
import type { Recorded } from "../event/recorded.ts";

/** Of the sender's connection, not of the event. */
const OWN_HEADERS = /^(host|content-length|connection|transfer-encoding)$/i;

/** Sends a recorded event again, header by header and byte by byte; answers the status. */
export function sendRecorded(url: string, { headers, value_b64 }: Recorded): Promise<number> {
  const sent = Object.entries(headers)
    .filter(([name]) => !OWN_HEADERS.test(name))
    .map(([name, value]) => [name, typeof value === "string" ? value : [...value]]);
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers: Object.fromEntries(sent) }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    call.on("error", reject);
    call.end(Buffer.from(value_b64 ?? "", "base64"));
  });
}
