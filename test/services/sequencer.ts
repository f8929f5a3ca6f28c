import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that wait for brokers and daemons most of the time, those that take longest first. */
const WAITING = [
  /^test\/crash\//,
  /^test\/(e2e|stream)\/.*(brokers|outage)/,
  /^test\/e2e\//,
  /^test\/(stream\/kafka|state\/redis)/,
];

/**
 * Spreads the files that wait evenly among those that compute, so that neither the machine nor a worker is idle; none that
 * takes minutes is left for the end, where nothing would run beside it.
 */
export class EvenSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const file = relative(this.ctx.config.root, moduleId);
      const rank = WAITING.findIndex((pattern) => pattern.test(file));
      return rank < 0 ? WAITING.length : rank;
    };
    const sorted = (await super.sort(files)).toSorted((left, right) => rankOf(left) - rankOf(right));
    const isWaiting = (file: TestSpecification): boolean => rankOf(file) < WAITING.length;
    return weave(
      sorted.filter(isWaiting),
      sorted.filter((file) => !isWaiting(file)),
    );
  }
}

/** Both lists in their own order, each spread over the whole. */
function weave<T>(first: readonly T[], second: readonly T[]): T[] {
  return [first, second]
    .flatMap((list) => list.map((item, index) => ({ item, place: index / list.length })))
    .toSorted((left, right) => left.place - right.place)
    .map(({ item }) => item);
}
