import type { StreamConfig } from "../config/config.ts";
import type { Decoder } from "../event/decoder.ts";
import type { Log } from "../runtime/log.ts";

/** A model that events came of and that no rule file describes, and the command line that begins with it. */
export interface UnknownModel {
  readonly model: string;
  readonly init: string;
}

/** Says once of every such model of a stream how to begin with it; decoders name a bounded number. */
export class UnknownModelLog {
  private readonly log: Log;
  private readonly said = new Set<string>();

  constructor(log: Log) {
    this.log = log;
  }

  /** To be called when records have been decoded. */
  look({ stream, unknownModels }: Pick<Decoder, "stream" | "unknownModels">): void {
    for (const name of unknownModels) {
      const key = JSON.stringify([stream.name, name]);
      if (this.said.has(key)) continue;
      this.said.add(key);
      this.log.warn(
        { stream: stream.name, ...beginWith(stream, name) },
        "events of a model that no rule file describes are dropped. To watch it, run the line under init in the project's directory",
      );
    }
  }
}

/** The models that a decoder has met. */
export function unknownModelsOf({
  stream,
  unknownModels,
}: Pick<Decoder, "stream" | "unknownModels">): UnknownModel[] {
  return unknownModels.map((name) => beginWith(stream, name));
}

function beginWith({ topic, file }: StreamConfig, model: string): UnknownModel {
  const source = topic === undefined ? (file ?? "SAVED-EVENTS.jsonl") : `kafka:${topic}`;
  return { model, init: `driftd init ${inShell(source)} --model ${inShell(model)}` };
}

/** A name is whatever a producer sent. */
function inShell(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) && !text.startsWith("-")
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
