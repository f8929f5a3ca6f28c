import { randomUUID } from "node:crypto";
import type { Store } from "../../src/state/store.ts";

/** One store of several members, in memory: what one of them sees of it. The lead ends only when it is given up or taken away. */
export interface SharedStore {
  member(): Store;
  /** As when the lease of whoever leads has ended. */
  endLease(): void;
}

export function createSharedStore(store: Store): SharedStore {
  let leader: string | undefined;
  return {
    member() {
      const name = randomUUID();
      return {
        ...store,
        isShared: true,
        async takeLead() {
          leader ??= name;
          return leader === name;
        },
        async giveUpLead() {
          if (leader === name) leader = undefined;
        },
        writeJudgement: async (changes) => leader === name && store.writeJudgement(changes),
        writePanes: async (panes) => leader === name && store.writePanes(panes),
      };
    },
    endLease() {
      leader = undefined;
    },
  };
}
