import type { RedisConfig, StateConfig } from "./config.ts";
import { HIDDEN, isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile } from "./generated/driftd.ts";
import { faultAt, locate } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { parseSize } from "./quantity.ts";

type StateSection = NonNullable<DriftdFile["state"]>;

/** Whether the store has what it needs and nothing that it does not know, and the streams are such as it can keep. */
export function checkState(document: Document, sound: (path: Path) => boolean): readonly Fault[] {
  // Read as it may be: only a section that the schema finds sound is looked at below.
  const file = document.data as Partial<DriftdFile>;
  const state = isMapData(file.state) && sound(["state"]) ? file.state : undefined;
  if (state === undefined) return [];
  const found = state.store === "redis" ? checkRedis(state, document) : checkLocal(state);
  const streams = state.store === "redis" ? checkShared(file, sound) : [];
  return [...found, ...streams].map((fault) => faultAt(document, fault));
}

const OF_REDIS = ["url", "passwordFile", "prefix", "maxPredictions"] as const;

function checkLocal(state: StateSection): FaultAt[] {
  const faults = OF_REDIS.filter((key) => state[key] !== undefined).map((key): FaultAt => {
    const message = `is for store: redis; remove ${key}, or change the store`;
    return { path: ["state", key], which: "key", code: "CONFLICT", message };
  });
  if (state.store !== "lmdb" || state.path !== undefined) return faults;
  const message = "store lmdb needs a path; write path: ./state";
  return [...faults, { path: ["state"], which: "key", code: "MISSING_KEY", message }];
}

function checkRedis(state: StateSection, document: Document): FaultAt[] {
  const faults: FaultAt[] = [];
  const refuse = (key: string, code: FaultAt["code"], message: string): number =>
    faults.push({ path: ["state", key], which: "key", code, message });
  if (state.path !== undefined) refuse("path", "CONFLICT", "is for store: lmdb; remove path");
  if (state.url === undefined) {
    const message = "store redis needs an address; write url: redis://HOST:6379";
    faults.push({ path: ["state"], which: "key", code: "MISSING_KEY", message });
    return faults;
  }
  const { password } = splitAddress(state.url);
  if (locate(document, ["state", "url"]).text.includes(`:${HIDDEN}@`)) {
    const message =
      "a secret does not stand in this file; write passwordFile: and the path of a file that holds it, or ${NAME} in its place";
    refuse("url", "SECRET", message);
  } else if (password !== undefined && state.passwordFile !== undefined) {
    refuse("passwordFile", "CONFLICT", "url has a password already; keep one of the two");
  }
  return faults;
}

/** What members of a fleet could not share. */
function checkShared({ streams, kafka }: Partial<DriftdFile>, sound: (path: Path) => boolean): FaultAt[] {
  const sections = isMapData(streams) ? Object.entries(streams) : [];
  const faults = sections.flatMap(([name, section]): FaultAt[] => {
    if (!sound(["streams", name])) return [];
    const place = { which: "key", code: "CONFLICT" } as const;
    if (section.file !== undefined) {
      const message = "members of a fleet do not share a file; write it to a topic, or take store: lmdb";
      return [{ ...place, path: ["streams", name, "file"], message }];
    }
    if (section.http === undefined || section.topic !== undefined) return [];
    const message = "events would stay with one member of the fleet; add topic: NAME, or take store: lmdb";
    return [{ ...place, path: ["streams", name, "http"], message }];
  });
  if (faults.length > 0 || kafka !== undefined) return faults;
  const message = "store redis is for a fleet, which reads topics; add kafka: { brokers: [...], group: ... }";
  return [{ path: ["state", "store"], code: "MISSING_KEY", message }];
}

interface Address {
  /** Without the credentials. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** As Redis' own tools read it: `redis://NAME@` names a user, and `redis://:SECRET@` the password of the default one. */
function splitAddress(address: string): Address {
  const [, scheme = "", credentials, rest = ""] = /^(rediss?:\/\/)(?:(.*)@)?(.*)$/s.exec(address) ?? [];
  const url = `${scheme}${rest}`;
  if (credentials === undefined) return { url };
  const colon = credentials.indexOf(":");
  const username = colon < 0 ? credentials : credentials.slice(0, colon);
  const password = colon < 0 ? "" : credentials.slice(colon + 1);
  return {
    url,
    ...(username !== "" && { username: decode(username) }),
    ...(password !== "" && { password: decode(password) }),
  };
}

/** A lone % was meant as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A section that has been checked. */
export function completeState(file: DriftdFile, resolve: (path: string) => string): StateConfig {
  const { state } = file;
  return {
    store: state?.store ?? "lmdb",
    path: resolve(state?.path ?? "./state"),
    max: parseSize(state?.max ?? "2GiB") ?? 0,
    ...(state?.store === "redis" && { redis: completeRedis(state, { file, resolve }) }),
  };
}

function completeRedis(
  { url = "", passwordFile, prefix, maxPredictions }: StateSection,
  { file, resolve }: { file: DriftdFile; resolve: (path: string) => string },
): RedisConfig {
  return {
    ...splitAddress(url),
    ...(passwordFile !== undefined && { passwordFile: resolve(passwordFile) }),
    prefix: prefix ?? file.kafka?.group ?? "driftd",
    maxPredictions: maxPredictions ?? 5_000_000,
  };
}
