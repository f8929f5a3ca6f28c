import type { Socket } from "node:net";

/** Connections that requests have come from, and more may. */
export interface Senders {
  /** One has come from this connection. */
  note(socket: Socket): void;
  readonly count: number;
}

export function createSenders(): Senders {
  const open = new Set<Socket>();
  return {
    note(socket) {
      if (socket.destroyed || open.has(socket)) return;
      open.add(socket);
      socket.once("close", () => open.delete(socket));
    },
    get count() {
      return open.size;
    },
  };
}
