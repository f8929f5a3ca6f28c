import { ownClasses } from "../counts/classes.ts";

/** A class of many, by the labels and decisions of a window. */
export interface ClassCounts {
  readonly name: string;
  /** Labels of it. */
  readonly came: number;
  /** Decisions for it. */
  readonly decided: number;
  /** Both. */
  readonly right: number;
}

/** The classes with a row of their own that came or were decided for; `section` is of the kind `classes`. */
export function classCounts(section: Float64Array, classes: readonly string[]): ClassCounts[] {
  const own = ownClasses(classes.length);
  const width = own + 1;
  return classes.slice(0, own).flatMap((name, one) => {
    let came = 0;
    let decided = 0;
    for (let other = 0; other < width; other += 1) {
      came += section[one * width + other];
      decided += section[other * width + one];
    }
    return came + decided === 0 ? [] : [{ name, came, decided, right: section[one * width + one] }];
  });
}

/** All labels of a section: those with a decision. */
export function labelsIn(section: Float64Array): number {
  return section.reduce((sum, count) => sum + count, 0);
}

/** Labels by the class that came and the one that was decided for. */
export interface ConfusionMatrix {
  /** Those with a row of their own, and one name for all others. */
  readonly classes: readonly string[];
  /** A row for every class that came; as many columns for what was decided. */
  readonly counts: readonly (readonly number[])[];
}

/** `section` is of the kind `classes`. */
export function confusionMatrix(section: Float64Array, classes: readonly string[]): ConfusionMatrix {
  const width = ownClasses(classes.length) + 1;
  const rows = Array.from({ length: width }, (_, row) => [
    ...section.subarray(row * width, (row + 1) * width),
  ]);
  return { classes: [...classes.slice(0, width - 1), "(other)"], counts: rows };
}
