import { CodedError } from "../config/coded-error.ts";

/* The client's errors carry the command with all its arguments, a password among them: only their words go on. */

/** Redis answered, with an error. All other errors are of the connection. */
export function isReply(error: Error): boolean {
  return error.name === "ReplyError";
}

/** What answers is no Redis. */
export function isForeign(error: Error): boolean {
  return /protocol error|unknown RESP|wrong version number|packet length/i.test(error.message);
}

export function isLoginRefused({ message }: Error): boolean {
  return /^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:invalid password|AUTH ))/.test(message);
}

/** A server may read its files for minutes before it answers anything else. */
export function isLoading({ message }: Error): boolean {
  return message.startsWith("LOADING");
}

export function isUnknownScript(error: Error): boolean {
  return error.message.startsWith("NOSCRIPT");
}

/** A server that loads, is full, cannot write its disk, is being replaced, or was given another password: all ends one day. */
const PASSING =
  /^(?:LOADING|BUSY|READONLY|MASTERDOWN|NOREPLICAS|OOM|MISCONF|TRYAGAIN|CLUSTERDOWN|NOAUTH|ERR max number of clients)\b/;

export function mayPass(error: Error): boolean {
  return !isReply(error) || PASSING.test(wordsOf(error));
}

/** A server that only reads is no longer the one that its name leads to. */
export function isReadOnly(error: Error): boolean {
  return wordsOf(error).startsWith("READONLY");
}

const UNWRITABLE = /^(?:OOM|MISCONF|READONLY|NOREPLICAS)\b/;

/** What a server is that refuses something for now. */
export function stateOf(error: Error): string {
  return UNWRITABLE.test(wordsOf(error)) ? "takes no writes" : "is away";
}

/** The user may not do it. */
function isForbidden(error: Error): boolean {
  return /^NOPERM|^ERR The user executing the script can't/.test(wordsOf(error));
}

/** Before an error of a command in a script Redis 6 says which script it was, and where. */
const PLACE = /^ERR Error running script \(call to \S+\): @user_script:\s*\d+: @user_script:\s*\d+: -?/;

/** And Redis 7 behind it. */
const PLACE_BEHIND = /,? script: [0-9a-f]{40}, on @user_script:\d+\.?$/;

function wordsOf({ message }: Error): string {
  return message.replace(PLACE, "").replace(PLACE_BEHIND, "");
}

/** An error in a few words, at the end of a sentence. */
export function reasonOf(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const message = wordsOf(error);
  if (message.startsWith("Socket timeout")) return "it does not answer";
  return (message === "" || code === "ECONNREFUSED" ? code || error.name : message).replace(/\.$/, "");
}

export function closed(address: string): CodedError {
  return new CodedError(
    "STATE_FAILED",
    `The state store was closed before Redis at ${address} answered. Nothing that was committed is lost.`,
  );
}

export function refused(address: string, error: Error): CodedError {
  const way = isForbidden(error)
    ? " Give its user the rights that driftd needs: +@read +@write +@scripting +@connection +info ~driftd:*"
    : "";
  return new CodedError(
    "STATE_FAILED",
    `Redis at ${address} refuses: ${reasonOf(error)}. Nothing that was committed is lost.${way}`,
  );
}

export function unreachable(address: string, error: Error): CodedError {
  const reason = reasonOf(error);
  if (isLoginRefused(error)) {
    return new CodedError(
      "STATE_FAILED",
      `Redis at ${address} refuses the user or the password: ${reason}. Check the user and the password that state is given.`,
    );
  }
  const way = isForeign(error)
    ? "Check that state.url leads to Redis, and that it begins with rediss:// where, and only where, that port speaks TLS."
    : /certificate|altnames/i.test(error.message)
      ? "Name the file of the authority that signed it in NODE_EXTRA_CA_CERTS, and the host that it was made out to in state.url."
      : "Check state.url (rediss:// where that port speaks TLS), and that Redis runs and lets this machine in.";
  return new CodedError("STATE_FAILED", `Redis at ${address} cannot be reached: ${reason}. ${way}`);
}
