import * as fc from "fast-check";
import { classesLength } from "../../src/counts/classes.ts";
import { addClasswise, classwiseLength } from "../../src/counts/classwise.ts";
import type { ClassesRuler } from "../../src/counts/outcome-ruler.ts";

/** Of forty classes eight have no row of their own. */
export const CLASSES: ClassesRuler = {
  kind: "classes",
  edges: Float64Array.of(0.4, 0.7),
  classes: Array.from({ length: 40 }, (_, code) => `c${code}`),
  isClasswise: true,
};

const count = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(1_000_000));
const length = classesLength(CLASSES.classes.length);

/** Three windows of which class came where which was decided for. */
export const confusions = fc.array(
  fc.array(count, { minLength: length, maxLength: length }).map((counts) => Float64Array.from(counts)),
  { minLength: 3, maxLength: 3 },
);

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const given = fc.tuple(fc.nat(40), fc.array(probability, { minLength: 32, maxLength: 32 }));

/** Three windows of probabilities of all classes, and of which came. */
export const classwises = fc.array(
  fc.array(given, { maxLength: 60 }).map((labels) => {
    const section = new Float64Array(classwiseLength(CLASSES.classes.length));
    for (const [truth, probabilities] of labels) {
      addClasswise(section, 0, { probabilities: Float64Array.from(probabilities), truth, sign: 1 });
    }
    return section;
  }),
  { minLength: 3, maxLength: 3 },
);
