/**
 * Rows of the reference that a category must have for its name to be shown to people, where the configuration names no other
 * number: what fewer have in common may point at one of them (k-anonymity).
 */
export const DEFAULT_FLOOR = 20;
