import type { Fault } from "./fault.ts";
import { renderTable, wrap } from "../text.ts";
import { formatSpan, formatTime } from "./times.ts";
import type { TextStyle } from "../text.ts";

/** Says before the run what will be seen, and plainly what is broken on purpose. */
export function renderIntroduction(
  faults: readonly Fault[],
  metricsUrl: string | undefined,
  style: TextStyle,
): string {
  const subject =
    "Flights of the United States, February to June 2001, against January. A model says from origin and destination " +
    "how likely a flight is to be more than 15 minutes late; what became of it arrives later.";
  const rows = faults.map(({ name, from, to, description }) => ({
    cells: [name, formatTime(from), formatSpan(to - from), description],
  }));
  const parts = [wrap(subject, "", style.width)];
  if (faults.length > 0) {
    const what = "what (--no-faults leaves the data alone)";
    parts.push(renderTable(["broken on purpose", "from", "for", what], rows, style));
  }
  if (metricsUrl !== undefined) parts.push(`Metrics: ${metricsUrl}`);
  return `${parts.join("\n\n")}\n\n`;
}
