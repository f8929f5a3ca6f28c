// What the HTTP door is held against: servers that take the same requests and only answer them. `node` is node's own server,
// `fastify` the one that driftd stands on; with `grouped` they answer all that waits together, so many ms after the last
// time, as one must who writes to a disk first. Says its address on descriptor 2.
import { createServer } from "node:http";
import { fastify } from "fastify";

const { server, apart } = JSON.parse(process.argv[2]);
let waiting = [];
let begun = Number.NEGATIVE_INFINITY;
let isDue = false;

function answer(response) {
  response.writeHead(200, { "content-length": 0 }).end();
}

function answerAll() {
  const responses = waiting;
  waiting = [];
  isDue = false;
  begun = performance.now();
  responses.forEach(answer);
}

function take(request, response) {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (apart === undefined) return answer(response);
    waiting.push(response);
    if (isDue) return;
    isDue = true;
    setTimeout(answerAll, Math.max(0, begun + apart - performance.now()));
  });
}

function tell(url) {
  process.stderr.write(`${JSON.stringify({ url })}\n`);
}

if (server === "node") {
  const bare = createServer(take);
  bare.listen(0, "127.0.0.1", () => tell(`http://127.0.0.1:${bare.address().port}`));
} else {
  const app = fastify();
  app.route({
    method: "POST",
    url: "/",
    onRequest(request, reply) {
      reply.hijack();
      take(request.raw, reply.raw);
    },
    handler: () => undefined,
  });
  tell(await app.listen({ host: "127.0.0.1", port: 0 }));
}
