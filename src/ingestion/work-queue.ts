/** Runs one piece of work at a time, in the order in which it was asked for. After the first failure none is begun. */
export class WorkQueue {
  failure: Error | undefined;
  private readonly onFailure: (error: Error) => void;
  private last: Promise<unknown> = Promise.resolve();

  /** `onFailure` hears of the first failure only. */
  constructor(onFailure: (error: Error) => void) {
    this.onFailure = onFailure;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(() => {
      if (this.failure !== undefined) throw this.failure;
      return work();
    });
    // The queue itself never rejects: whoever asked for the work hears of its failure.
    this.last = result.then(
      () => undefined,
      () => undefined,
    );
    return result.catch((error: unknown) => {
      this.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
  }

  fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.onFailure(error);
  }
}
