import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Of the files that wait for brokers and daemons, those that take longest first. */
const LONGEST = [/^test\/crash\//, /^test\/(e2e|stream)\/.*(brokers|outage)/, /^test\/e2e\//];

/**
 * Spreads the files of a project evenly among those of the others, so that neither the machine nor a worker is idle; none
 * that takes minutes is left for the end, where nothing would run beside it.
 */
export class EvenSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const file = relative(this.ctx.config.root, moduleId);
      const rank = LONGEST.findIndex((pattern) => pattern.test(file));
      return rank < 0 ? LONGEST.length : rank;
    };
    const sorted = (await super.sort(files)).toSorted((left, right) => rankOf(left) - rankOf(right));
    const projects = new Set(sorted.map(({ project }) => project));
    return weave([...projects].map((project) => sorted.filter((file) => file.project === project)));
  }
}

/** All lists in one, each in its own order and spread over the whole. */
function weave<T>(lists: readonly (readonly T[])[]): T[] {
  return lists
    .flatMap((list) => list.map((item, index) => ({ item, place: index / list.length })))
    .toSorted((left, right) => left.place - right.place)
    .map(({ item }) => item);
}
