import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { ISocketFactory } from "kafkajs";

/** The connections of one client, which can be cut: kafkajs waits for every answer, and a group may owe one for a minute. */
export interface KafkaSockets {
  readonly open: ISocketFactory;
  /** Cuts all of them, and those that are still to come. */
  cut(): void;
}

/** As in kafkajs' own factory, ms. */
const KEEP_ALIVE = 60_000;

export function createSockets(): KafkaSockets {
  const sockets = new Set<Socket>();
  let isCut = false;
  return {
    open({ host, port, ssl, onConnect }) {
      const servername = isIP(host) === 0 ? host : "";
      const socket = ssl
        ? connectSecurely({ host, port, servername, ...ssl }, onConnect)
        : connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      if (isCut) end(socket);
      return socket;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) end(socket);
    },
  };
}

/** With an error, which kafkajs hears of: it does not listen for the mere end. */
function end(socket: Socket): void {
  socket.destroy(new Error("the session is over"));
}
