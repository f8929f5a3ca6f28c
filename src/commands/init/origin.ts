import { basename } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import type { Config, StreamConfig } from "../../config/config.ts";
import { resolvePath } from "../../config/path.ts";
import type { Origin } from "./config-text.ts";

/** @throws CodedError USAGE for a topic without brokers, or brokers without a topic */
export function originOf(
  source: string,
  { brokers, cwd }: { readonly brokers: readonly string[]; readonly cwd: string },
): Origin {
  if (!source.startsWith("kafka:")) {
    if (brokers.length > 0) {
      throw new CodedError(
        "USAGE",
        `--kafka is for topics, and ${source} is a file. Write kafka:TOPIC, or leave --kafka out.`,
      );
    }
    return { kind: "file", file: resolvePath(cwd, source) };
  }
  return { kind: "topic", topic: source.slice("kafka:".length), brokers };
}

/** What the source itself is called, without its ending. */
export function originName(origin: Origin): string {
  return origin.kind === "topic" ? origin.topic : basename(origin.file).replace(/\..*$/, "") || "model";
}

/** A name as it may stand in a path, and as the name of a stream. */
export function fileNameOf(model: string): string {
  const plain = model.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[-.]+/, "");
  return plain === "" ? "model" : plain;
}

/** The stream of an existing driftd.yaml that carries the source, and may carry the model. */
export function findStream(
  config: Config,
  origin: Origin,
  model: string | undefined,
): StreamConfig | undefined {
  return Object.values(config.streams).find(({ role, topic, file, map }) => {
    const isSame = origin.kind === "topic" ? topic === origin.topic : file === origin.file;
    const isOther =
      map.model !== undefined && "value" in map.model && model !== undefined && map.model.value !== model;
    return role === "inference" && isSame && !isOther;
  });
}
