/** How many events a test file has told of: their values follow from it. */
export const tally = { told: 0 };
