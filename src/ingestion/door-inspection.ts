import { tellDropped } from "./delivery.ts";
import type { Decoder } from "../event/decoder.ts";
import type { RecordBatch } from "../event/records.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Inspect } from "../stream/http-topic.ts";

/**
 * Decodes what is sent over HTTP before it goes to a topic, for its ids and to say what is wrong with it: all but what only those
 * know who count it. One record at a time, so that it is known whose each id is.
 * @param decoders those of now, by stream; none of them may be used for anything else
 */
export function createInspection(decoders: () => ReadonlyMap<string, Decoder>, clock: Clock): Inspect {
  return (batch, dropped) => {
    const decoder = decoders().get(batch.stream);
    const tick = clock.tick();
    return Array.from({ length: batch.count }, (_, place) => {
      if (decoder === undefined) return null;
      const one = recordAlone(batch, place);
      const decoded = decoder.decode(one, tick);
      if (dropped !== undefined)
        tellDropped(decoded, (_record, reason, detail) => dropped(place, reason, detail));
      return decoder.lastId() ?? null;
    });
  };
}

function recordAlone(batch: RecordBatch, place: number): RecordBatch {
  return {
    ...batch,
    count: 1,
    offsets: new Float64Array(1),
    timestamps: batch.timestamps.subarray(place, place + 1),
    values: [batch.values[place]],
    keys: [null],
    headers: [batch.headers[place]],
  };
}
