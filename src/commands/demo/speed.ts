import { CodedError } from "../../config/coded-error.ts";

/**
 * Seconds of event time per second: `max` (Infinity), or a positive number.
 * @throws CodedError USAGE
 */
export function parseSpeed(text: string): number {
  if (text === "max") return Infinity;
  const speed = Number(text);
  if (text.trim() !== "" && speed > 0) return speed;
  throw new CodedError(
    "USAGE",
    `--speed ${text} is no speed. Write max, or seconds per second such as 3600.`,
  );
}
