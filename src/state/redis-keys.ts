import { damagedInRedis } from "./redis-sealed.ts";
import type { TaskId } from "./store.ts";

/*
 * Every key of a task carries one tag in braces, and so does every key that belongs to no task: a cluster keeps what has one
 * tag on one node, where a script can change it as a whole.
 */

/** What the keys of a task, or of none, begin with. */
export type Room = string;

/** Where what belongs to no task is kept: the lead, judgement, versions, panes added up over all tasks. */
export function commonRoom(prefix: string): Room {
  return `driftd:{${encodeURIComponent(prefix)}}`;
}

export function taskRoom(prefix: string, { group, partition }: TaskId): Room {
  return `driftd:{${encodeURIComponent(prefix)}:${encodeURIComponent(group)}:${partition}}`;
}

/** Hash: version, id and state of the task. */
export function taskKey(room: Room): string {
  return `${room}:task`;
}

/** Set of all tasks that were ever claimed, as taskMember writes them. */
export function tasksKey(prefix: string): string {
  return `${commonRoom(prefix)}:tasks`;
}

export function taskMember({ group, partition }: TaskId): string {
  return JSON.stringify([group, partition]);
}

export function readTaskMember(member: string): TaskId {
  try {
    // Written by taskMember.
    const [group, partition] = JSON.parse(member) as [string, number];
    return { group, partition };
  } catch (error) {
    throw damagedInRedis(`The list of tasks has ${JSON.stringify(member)}, which names none.`, error);
  }
}

/** Set of the layouts that panes were stored of. */
export function layoutsKey(room: Room): string {
  return `${room}:layouts`;
}

/** Sorted set of the starts of a layout's panes, ms. */
export function startsKey(room: Room, layout: string): string {
  return `${room}:starts:${layout}`;
}

/** Hash of the panes of a layout that start there: by version and segment, as paneField writes them. */
export function paneKey(room: Room, layout: string, start: number | string): string {
  return `${room}:panes:${start}:${layout}`;
}

export function paneField(version: string, segment: string): string {
  return JSON.stringify([version, segment]);
}

export function readPaneField(field: string): { version: string; segment: string } {
  // Written by paneField.
  const [version, segment] = JSON.parse(field) as [string, string];
  return { version, segment };
}

/** Hash: what generations of entries the indexes of a task have (redis-generations.ts). */
export function generationsKey(room: Room): string {
  return `${room}:generations`;
}

/** Hash of entries: by id, eight bytes. */
export function bucketKey(room: Room, generation: number, bucket: number): string {
  return `${room}:${generation}:${bucket}`;
}

/** Of the room of no task: who leads, how often the lead was taken, and what is kept by name. */
export function commonKey(
  prefix: string,
  name: "lead" | "epoch" | "judgement" | "kept" | "versions" | "counting" | "trial",
): string {
  return `${commonRoom(prefix)}:${name}`;
}
