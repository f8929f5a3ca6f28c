import { expect, test } from "vitest";
import { isReadOnly, mayPass, reasonOf, refused } from "../../src/state/redis-errors.ts";

function replyOf(message: string): Error {
  return Object.assign(new Error(message), { name: "ReplyError" });
}

/** As Redis 6 says it of a command in a script. */
function inScript(message: string): Error {
  const place = "@user_script:1: @user_script: 17: ";
  return replyOf(`ERR Error running script (call to f_bfce6a1d466529aa): ${place}-${message}`);
}

test.each([
  "OOM command not allowed when used memory > 'maxmemory'.",
  "NOREPLICAS Not enough good replicas to write.",
])("of Redis 6 a commit waits as of any other, and says why: %s", (message) => {
  for (const error of [replyOf(message), inScript(message)]) {
    expect(mayPass(error)).toBe(true);
    expect(isReadOnly(error)).toBe(false);
    expect(reasonOf(error)).toBe(message.slice(0, -1));
  }
});

test("a server that only reads is told, whichever way it says so", () => {
  const message = "READONLY You can't write against a read only replica.";
  expect([replyOf(message), inScript(message)].map(isReadOnly)).toEqual([true, true]);
});

test("where in a script Redis refused a command is told nobody", () => {
  const message = "ERR The user executing the script can't run this command or subcommand";
  const error = replyOf(`${message} script: d530d57d49df64902f783fd309065fafdc20bb5a, on @user_script:2.`);
  expect(reasonOf(error)).toBe(message);
  expect(refused("cache:6379", error).message).toMatch(
    /^Redis at cache:6379 refuses: .*driftd needs: \+@read/,
  );
});

test("a script that is wrong is refused for good", () => {
  expect(mayPass(inScript("WRONGTYPE Operation against a key holding the wrong kind of value"))).toBe(false);
  expect(mayPass(replyOf("ERR unknown command"))).toBe(false);
});
