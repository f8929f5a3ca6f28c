// Sends pairs of CloudEvents as KServe's logger does, from so many clients; a process of its own, so that what it costs is not
// the daemon's. Says on descriptor 1, in JSON, what was acknowledged and how long that took.
import { connect } from "node:net";

const { url, pairs, rows, clients, inFlight, first } = JSON.parse(process.argv[2]);
const { hostname, port } = new URL(url);
const BLANK = Buffer.from("\r\n\r\n");

/** One of the bodies, the same for a thousand pairs: to draw numbers is not what is measured. */
const BODIES = Array.from({ length: 1_000 }, (_, k) => {
  const row = (r) => [0, 1, 2].map((f) => Number((Math.sin(k * 7 + r * 3 + f) * 100).toFixed(3)));
  const instances = Array.from({ length: rows }, (_unused, r) => row(r));
  const predictions = instances.map(([a]) => Number(((a + 100) / 200).toFixed(4)));
  return { request: JSON.stringify({ instances }), response: JSON.stringify({ predictions }) };
});

function message(pair, half) {
  const body = BODIES[pair % BODIES.length][half];
  const now = new Date().toISOString();
  return (
    `POST / HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: ${body.length}\r\n` +
    `Ce-Component: predictor\r\nCe-Endpoint: v1\r\nCe-Id: ${idOf(pair)}\r\nCe-Inferenceservicename: served\r\n` +
    `Ce-Namespace: default\r\nCe-Recordedtime: ${now}\r\nCe-Source: http://localhost:9081/\r\nCe-Specversion: 1.0\r\n` +
    `Ce-Time: ${now.slice(0, -1)}456789Z\r\nCe-Type: org.kubeflow.serving.inference.${half}\r\n` +
    `Content-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n${body}`
  );
}

/** As a UUID is. */
function idOf(pair) {
  const digits = (pair + 1).toString(16).padStart(12, "0");
  return `0f8fad5b-d9cb-469f-a165-${digits}`;
}

/** A connection that sends one event after another, each once the one before was acknowledged. */
async function openConnection() {
  let socket;
  let answered;
  const open = () =>
    new Promise((resolve, reject) => {
      socket = connect(Number(port), hostname, () => resolve());
      socket.setNoDelay(true);
      let seen = Buffer.alloc(0);
      socket.on("data", (bytes) => {
        seen = seen.length === 0 ? bytes : Buffer.concat([seen, bytes]);
        if (seen.indexOf(BLANK) < 0) return;
        const text = seen.toString("latin1");
        seen = Buffer.alloc(0);
        answered(text);
      });
      socket.on("error", reject);
    });
  await open();
  return {
    async send(text) {
      const answer = await new Promise((resolve) => {
        answered = resolve;
        socket.write(text);
      });
      if (!answer.startsWith("HTTP/1.1 200")) throw new Error(answer);
      // The server lets a connection have so many requests and no more.
      if (/\r\nconnection: close/i.test(answer)) {
        socket.destroy();
        await open();
      }
    },
    close: () => socket.destroy(),
  };
}

let next = first;
const begun = performance.now();
await Promise.all(
  Array.from({ length: clients * inFlight }, async () => {
    const [asking, answering] = await Promise.all([openConnection(), openConnection()]);
    for (let pair = next++; pair < first + pairs; pair = next++) {
      await Promise.all([asking.send(message(pair, "request")), answering.send(message(pair, "response"))]);
    }
    asking.close();
    answering.close();
  }),
);
process.stdout.write(JSON.stringify({ pairs, seconds: (performance.now() - begun) / 1_000 }));
