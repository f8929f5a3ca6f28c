import * as fc from "fast-check";
import { classesLength } from "../../src/counts/classes.ts";
import type { ClassesRuler } from "../../src/counts/outcome-ruler.ts";

/** Of forty classes eight have no row of their own. */
export const CLASSES: ClassesRuler = {
  kind: "classes",
  edges: Float64Array.of(0.4, 0.7),
  classes: Array.from({ length: 40 }, (_, code) => `c${code}`),
};

const count = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(1_000_000));
const length = classesLength(CLASSES.classes.length);

/** Three windows of which class came where which was decided for. */
export const confusions = fc.array(
  fc.array(count, { minLength: length, maxLength: length }).map((counts) => Float64Array.from(counts)),
  { minLength: 3, maxLength: 3 },
);
