import { formatCount } from "../../verdict/quantities.ts";

/** What was found damaged, each thing once. */
export interface Damage {
  add(what: string): void;
  readonly count: number;
  /** The first ones. */
  shown(): readonly string[];
}

/** More are only counted: of a file that is lost as a whole, nobody reads a million lines. */
const MOST_SHOWN = 100;

export function collectDamage(): Damage {
  const found = new Set<string>();
  return {
    add: (what) => void found.add(what),
    get count() {
      return found.size;
    },
    shown: () => [...found].slice(0, MOST_SHOWN),
  };
}

/** As lines for people. */
export function damageLines(damage: Damage): string[] {
  const shown = damage.shown();
  const rest = damage.count - shown.length;
  return [...shown.map((what) => `  ${what}`), ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : [])];
}
