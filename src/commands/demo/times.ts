import { MINUTE } from "../../config/quantity.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `20 Feb 15:00`, UTC; ms since the epoch. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const clock = date.toISOString().slice(11, 16);
  return `${String(date.getUTCDate()).padStart(2)} ${MONTHS[date.getUTCMonth()]} ${clock}`;
}

/** `45 min`, `15 h`, `2 d 3 h`: no closer than it takes to compare; ms. */
export function formatSpan(duration: number): string {
  const minutes = Math.round(duration / MINUTE);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
