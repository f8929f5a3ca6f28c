import { randomUUID } from "node:crypto";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";

/** A store that can go back in time, as one does whose last writes had not reached the disk when it failed. */
export interface RewindingStore extends Store {
  /** How many writes it has taken. */
  writes(): number;
  /** Goes back to where it was after so many writes; 0: it knows nothing. */
  goBackTo(writes: number): Promise<void>;
  /** A store of its own that stands where this one did after so many writes. */
  copyAt(writes: number): Promise<Store>;
}

type Write = (store: Store) => Promise<unknown>;

export function createRewindingStore(): RewindingStore {
  // Done again, a claim has the name that it had.
  let claimId = "";
  let store = createMemoryStore(() => claimId);
  let journal: Write[] = [];

  /** Kept with arguments of its own: the caller goes on using the arrays that it handed over. */
  function write<A extends readonly unknown[], R>(
    method: (store: Store) => (...parameters: A) => Promise<R>,
  ): (...parameters: A) => Promise<R> {
    return (...parameters) => {
      const kept = structuredClone(parameters);
      journal.push((target) => method(target)(...kept));
      return method(store)(...parameters);
    };
  }

  async function copyAt(writes: number): Promise<Store> {
    const copy = createMemoryStore(() => claimId);
    for (const again of journal.slice(0, writes)) await again(copy);
    return copy;
  }

  return {
    isShared: false,
    claim(task) {
      const id = randomUUID();
      const claim = (target: Store): ReturnType<Store["claim"]> => {
        claimId = id;
        return target.claim(task);
      };
      journal.push(claim);
      return claim(store);
    },
    commit: write((target) => target.commit),
    admitVersions: write((target) => target.admitVersions),
    registerCounting: write((target) => target.registerCounting),
    writeJudgement: write((target) => target.writeJudgement),
    writePanes: write((target) => target.writePanes),
    keepFirst: write((target) => target.keepFirst),
    takeLead: () => store.takeLead(),
    giveUpLead: () => store.giveUpLead(),
    prune: write((target) => target.prune),
    find: (...parameters) => store.find(...parameters),
    list: (...parameters) => store.list(...parameters),
    readPanes: (range) => store.readPanes(range),
    readLayouts: () => store.readLayouts(),
    readTasks: (group) => store.readTasks(group),
    readJudgement: (names) => store.readJudgement(names),
    size: () => store.size(),
    close: () => store.close(),
    writes: () => journal.length,
    async goBackTo(writes) {
      store = await copyAt(writes);
      journal = journal.slice(0, writes);
    },
    copyAt,
  };
}
