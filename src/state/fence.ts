import type { CommitOutcome, TaskCommit } from "./store.ts";

/** Whether a commit may be written, by the version and commit id that the store holds (0: it knows nothing of the task). */
export type Fence =
  | { readonly write: true; readonly version: number }
  | { readonly write: false; readonly answer: CommitOutcome };

export function judgeCommit(
  commit: Pick<TaskCommit, "expected" | "expectedId" | "commitId">,
  stored: { version: number; commitId: string | undefined },
): Fence {
  const { expected, expectedId, commitId } = commit;
  const isMine = expectedId === undefined || stored.commitId === expectedId;
  if (stored.version === expected && isMine) return { write: true, version: expected + 1 };
  // Mine, sent again because the answer to the first time was lost.
  if (stored.version === expected + 1 && stored.commitId === commitId) {
    return { write: false, answer: { status: "committed", version: stored.version } };
  }
  // The same version by another hand: the store went back, and somebody else has taken the task since.
  const status = stored.version >= expected ? "fenced" : "rewound";
  return { write: false, answer: { status, stored: stored.version } };
}
