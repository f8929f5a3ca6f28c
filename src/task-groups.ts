import type { StreamConfig } from "./config/config.ts";
import type { TaskGroup } from "./engine-tasks.ts";
import type { EventPlan } from "./event/batch.ts";
import type { FittedModel } from "./rules/fitted-model.ts";
import type { TaskStream } from "./window/stream-progress.ts";

/** An inference stream and the label streams that belong to it make one group: their partition k is one task. */
export function groupStreams(streams: readonly StreamConfig[], models: readonly string[]): TaskGroup[] {
  return streams
    .filter(({ role }) => role === "inference")
    .map((inference) => {
      const carried = modelsOf(inference, models);
      const labels = streams.filter(({ role, of }) => role === "labels" && of === inference.name);
      const toTask = ({ name, file }: StreamConfig, role: TaskStream["role"]): TaskStream => ({
        name,
        role,
        models: carried,
        bounded: file !== undefined,
      });
      return {
        name: inference.name,
        streams: [toTask(inference, "inference"), ...labels.map((stream) => toTask(stream, "labels"))],
      };
    });
}

/** Whether truth arrives for a model in some label stream. */
export function hasLabels(model: string, streams: readonly StreamConfig[]): boolean {
  return groupStreams(streams, [model]).some(
    (group) => group.streams[0].models.includes(model) && group.streams.length > 1,
  );
}

/** What a stream's decoder looks for: one plan per model that the stream may carry. */
export function plansOf(
  stream: string,
  groups: readonly TaskGroup[],
  models: readonly FittedModel[],
): EventPlan[] {
  const described = groups.flatMap(({ streams }) => streams).find(({ name }) => name === stream);
  return (described?.models ?? []).flatMap((name) => {
    const fitted = models.find(({ model }) => model.name === name);
    const plan = described?.role === "labels" ? fitted?.labels : fitted?.counting.plan;
    return plan === undefined ? [] : [plan];
  });
}

/** A stream of one fixed model carries that one; any other may carry all of them. */
function modelsOf(stream: StreamConfig, models: readonly string[]): string[] {
  const source = stream.map.model;
  return models.filter((name) => source === undefined || !("value" in source) || source.value === name);
}
