import { closeSync, openSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import type { Server } from "node:net";
import { platform } from "node:os";
import { join } from "node:path";
import { CodedError } from "../config/coded-error.ts";
import { tryDisk } from "./disk.ts";
import { locked } from "./owner.ts";
import type { Owner } from "./owner.ts";

/** The exclusive Unix socket of a state directory: the kernel frees it with its process, whatever ends that. */
export interface OwnerSocket {
  close(): Promise<void>;
}

const FILE = "owner.sock";
/** What fits into a socket address on every system; bytes. */
const LONGEST_PATH = 100;
const ANSWER_WITHIN = 1000;
const ATTEMPTS = 5;

/** Takes the socket of the directory. Throws STATE_LOCKED, naming the process that holds it. */
export async function takeOwnerSocket(directory: string, self: Owner): Promise<OwnerSocket> {
  const address = addressOf(directory);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const server = await listen(address.path, self);
      if (server !== undefined) {
        return {
          close: async () => {
            await new Promise((resolve) => server.close(resolve));
            address.close();
          },
        };
      }
      const owner = await ask(address.path);
      if (owner !== undefined) throw locked(directory, owner);
      // Nobody listens: its process is dead. Should two find that at once, the owner row decides between them.
      tryDisk(directory, () => rmSync(address.path, { force: true }));
    }
    throw locked(directory, undefined);
  } catch (error) {
    address.close();
    throw error;
  }
}

/** A path too long for a socket address is reached through an open directory. */
function addressOf(directory: string): { path: string; close: () => void } {
  const path = join(directory, FILE);
  if (Buffer.byteLength(path) <= LONGEST_PATH || platform() !== "linux") return { path, close: () => {} };
  const open = openSync(directory, "r");
  return { path: `/proc/self/fd/${open}/${FILE}`, close: () => closeSync(open) };
}

/** Undefined if the address is taken. */
function listen(path: string, self: Owner): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.end(JSON.stringify(self));
    });
    server.once("error", (error) => {
      if ("code" in error && error.code === "EADDRINUSE") resolve(undefined);
      else
        reject(
          new CodedError(
            "STATE_FAILED",
            `No socket can be made at ${path}: ${error.message}. Check that the directory is writable and on a disk of this machine, or give driftd another state.path.`,
            {
              cause: error,
            },
          ),
        );
    });
    server.listen(path, () => resolve(server.unref()));
  });
}

/** Who answers at the address: {} if somebody listens and does not say, undefined if nobody listens. */
function ask(path: string): Promise<Owner | undefined> {
  return new Promise((resolve) => {
    let connected = false;
    let answer = "";
    const socket = createConnection(path);
    socket.setTimeout(ANSWER_WITHIN, () => socket.destroy());
    socket.on("connect", () => {
      connected = true;
    });
    socket.on("data", (bytes) => {
      answer += bytes.toString();
    });
    // `close` follows, and knows whether there had been a connection.
    socket.on("error", () => {});
    socket.on("close", () => resolve(connected ? parseOwner(answer) : undefined));
  });
}

function parseOwner(answer: string): Owner {
  try {
    const { pid, host } = JSON.parse(answer) as Record<string, unknown>;
    return { ...(typeof pid === "number" && { pid }), ...(typeof host === "string" && { host }) };
  } catch {
    // Somebody is there, which is all that matters; the answer only names it.
    return {};
  }
}
