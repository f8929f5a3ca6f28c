import type { Fault } from "./fault.ts";
import { formatDuration, formatTime, wrap } from "./text.ts";

/** Says before the run what will be seen, and plainly what is broken on purpose. */
export function renderIntroduction(
  faults: readonly Fault[],
  metricsUrl: string | undefined,
  width: number,
): string {
  const subject =
    "Flights of the United States, February to June 2001, against January. A model says from origin and destination " +
    "how likely a flight is to be more than 15 minutes late; what became of it arrives later.";
  const lines = [wrap(subject, "", width)];
  if (faults.length > 0) lines.push("Broken on purpose (--no-faults leaves the data alone):");
  for (const { name, from, to, description } of faults) {
    lines.push(
      wrap(`${formatTime(from)} for ${formatDuration(to - from)}: ${description} (${name})`, "  ", width),
    );
  }
  if (metricsUrl !== undefined) lines.push(`Metrics: ${metricsUrl}`);
  return `${lines.join("\n")}\n\n`;
}
