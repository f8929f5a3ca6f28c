/*
 * `classes`, of labels of a model that decides between many: how often which class came where which was decided. The classes
 * are the first ones of the reference's list, which begins with those decided most often; all further ones are one.
 */

/** More classes than this have no row of their own. */
const MOST_CLASSES = 32;

/** How many of a model's classes have a row of their own. */
export function ownClasses(classes: number): number {
  return Math.min(MOST_CLASSES, classes);
}

/** Length of a section of the kind `classes`: a row for every own class that came, and one for all others; as many columns for what was decided. */
export function classesLength(classes: number): number {
  return (ownClasses(classes) + 1) ** 2;
}

/** Where in a section a label is counted; both are positions in the reference's list, or its length for what is not in it. */
export function confusionSlot(classes: number, truth: number, decision: number): number {
  const own = ownClasses(classes);
  return Math.min(own, truth) * (own + 1) + Math.min(own, decision);
}
