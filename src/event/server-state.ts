import { isServerFormat } from "../config/streams-section.ts";
import type { StreamConfig } from "../config/config.ts";
import { autoOpener } from "./auto.ts";
import { addCode, createByteTable, createSpan } from "./byte-table.ts";
import type { ByteSpan, ByteTable } from "./byte-table.ts";
import { createHalf } from "./half.ts";
import type { Half } from "./half.ts";
import { kserveOpener } from "./kserve.ts";
import { openMlserver } from "./mlserver.ts";
import { openOip } from "./oip-v2.ts";
import { createMessage } from "./server-message.ts";
import type { MessageOpener, ServerMessage } from "./server-message.ts";
import type { Target } from "./target.ts";
import { createTensorReader } from "./tensor-reader.ts";
import type { TensorReader } from "./tensor-reader.ts";

/** What a decoder of requests and responses works with besides its targets. */
export interface ServerState {
  readonly message: ServerMessage;
  readonly open: MessageOpener;
  readonly bodies: TensorReader;
  /** Positions in `pairs` by name of the model. */
  readonly models: ByteTable;
  readonly pairs: readonly ModelHalves[];
  readonly span: ByteSpan;
  readonly number: Float64Array;
}

/** What a stream carries of a model. */
interface ModelHalves {
  input?: Half;
  output?: Half;
}

/** undefined where the stream's format is none of a model server. */
export function createServerState(stream: StreamConfig, targets: readonly Target[]): ServerState | undefined {
  const { format, component } = stream;
  if (!isServerFormat(format)) return undefined;
  const openKserve = kserveOpener(component);
  const openers = {
    kserve: openKserve,
    "oip-v2": openOip,
    mlserver: openMlserver,
    auto: autoOpener(openKserve),
  };
  const models = createByteTable();
  const pairs: ModelHalves[] = [];
  const known = new Map<string, ModelHalves>();
  for (const [index, target] of targets.entries()) {
    const { model, half } = target.plan;
    let pair = known.get(model);
    if (pair === undefined) {
      pair = {};
      known.set(model, pair);
      addCode(models, new TextEncoder().encode(model), pairs.push(pair) - 1);
    }
    if (half !== undefined) pair[half] = createHalf(target, index, stream);
  }
  return {
    message: createMessage(),
    open: openers[format],
    bodies: createTensorReader(),
    models,
    pairs,
    span: createSpan(),
    number: new Float64Array(1),
  };
}
