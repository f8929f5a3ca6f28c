import { tally } from "./tally.ts";

// Test files share a process: what one of them has told is nothing to the next. Without the fixture, which many do not need.
tally.told = 0;
