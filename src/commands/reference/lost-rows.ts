import { formatCount } from "../../verdict/quantities.ts";
import type { SourceLedger } from "./source.ts";

/** Why rows of a source were not counted, and how many of each, as `1,204 late`. */
export function lostRows({ dropped, undecodable }: SourceLedger): string[] {
  return Object.entries({ ...dropped, undecodable })
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`);
}
