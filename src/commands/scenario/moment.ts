import { DAY } from "../../config/quantity.ts";

/** `14:10`, and the date before it where the story lasts longer than a day. UTC. */
export function formatMoment(
  at: number,
  { start, end }: { readonly start: number; readonly end: number },
): string {
  const text = new Date(at).toISOString();
  const time = text.slice(11, 16);
  return end - start > DAY ? `${text.slice(0, 10)} ${time}` : time;
}
