/** What is kept of a stream whose model has no reference yet: fixed when its rules load. */
export interface LearningPlan {
  /** Names what is learnt: where columns or segments are others, it is learnt anew. */
  readonly id: string;
  /** So long from the first event on, in event time; ms. */
  readonly span: number;
}

/** Whether panes of a layout hold rows, as sampleLayout names them. */
export function isSampleLayout(layout: string): boolean {
  return /\/sample\/[0-9a-f]{16}$/.test(layout);
}

/** What the name begins with under which samples are recorded that have been put together. */
export const SAMPLE_RECORDS = "learning/";

/** So many rows a reference is learnt of; a window of them must hold 50 to say anything of how windows differ. */
export const SAMPLE_ROWS = 10_000;

/** With fewer rows it goes on learning. */
export const LEAST_SAMPLE_ROWS = 1_000;
