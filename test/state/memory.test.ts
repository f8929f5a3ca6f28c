import { createMemoryStore } from "../../src/state/memory.ts";
import { describeEntries } from "./contract-entries.ts";
import { describeStore } from "./contract.ts";

describeStore("memory", async () => createMemoryStore());
describeEntries("memory", async () => createMemoryStore());
