import { forgetTold } from "./fixture.ts";

// Test files share a process: what one of them has told is nothing to the next.
forgetTold();
