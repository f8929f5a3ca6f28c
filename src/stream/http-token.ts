import { createHash, timingSafeEqual } from "node:crypto";
import { readText } from "../runtime/files.ts";
import type { SourceLog } from "./source.ts";

/** A changed file is noticed within this time, ms; sooner where somebody shows another token. */
const REREAD = 10_000;
const REREAD_FOR_STRANGERS = 1_000;

/** Who may send. */
export interface TokenCheck {
  /** Reads the file; rejects with CONFIG_INVALID where it cannot be read. Of an empty one nobody may send. */
  load(): Promise<void>;
  /** Tells whether a request with this `Authorization` header may send: mostly at once. */
  allows(authorization: string | undefined, tell: (isAllowed: boolean) => void): void;
}

/**
 * `Bearer TOKEN`; or `Basic` with the token as password, whatever the user: KServe's logger sends no header of its own, but
 * its url may be http://user:TOKEN@driftd:9464/. The file is read again when it may have changed, so that a token is replaced
 * without a restart; one that cannot be read any more leaves the last token in force.
 */
export function createTokenCheck(options: {
  readonly file: string;
  readonly clock: () => number;
  readonly log: SourceLog;
}): TokenCheck {
  const { file, clock, log } = options;
  let expected: Buffer | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const load = async (): Promise<void> => {
    readAt = clock();
    const role = { what: "token file", code: "CONFIG_INVALID" } as const;
    const token = (await readText(file, role)).trim();
    // An empty file must not let in whoever shows an empty token.
    expected = token === "" ? undefined : digest(token);
    if (expected === undefined) log.warn({ file }, "the token file is empty: nobody may send");
  };
  const reload = (): Promise<void> =>
    load().catch((err: unknown) => {
      log.warn({ file, err }, "the token file cannot be read again: the last token stays in force");
    });
  const matches = (shown: Buffer | undefined): boolean =>
    shown !== undefined && expected !== undefined && timingSafeEqual(shown, expected);

  return {
    load,
    allows(authorization, tell) {
      const token = tokenOf(authorization);
      const shown = token === undefined ? undefined : digest(token);
      const age = clock() - readAt;
      const isOld = age >= REREAD || (shown !== undefined && !matches(shown) && age >= REREAD_FOR_STRANGERS);
      if (isOld) void reload().finally(() => tell(matches(shown)));
      else tell(matches(shown));
    },
  };
}

function tokenOf(authorization: string | undefined): string | undefined {
  const [, scheme = "", credentials = ""] = /^(\S+) +(\S+)\s*$/.exec(authorization ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return credentials;
  if (scheme.toLowerCase() !== "basic") return undefined;
  const pair = Buffer.from(credentials, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

/** Of one length, so that comparing takes the same time whatever was shown. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
