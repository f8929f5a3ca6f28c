import { cpus } from "node:os";

/** What the figures were measured on. */
export function describeMachine() {
  const [first] = cpus();
  return `${first?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, node ${process.version}`;
}

/** Microseconds of CPU that this process has used, user and system. */
export function cpuMicros() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
