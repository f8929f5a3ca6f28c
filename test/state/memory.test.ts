import { createMemoryStore } from "../../src/state/memory.ts";
import { describeStore } from "./contract.ts";

describeStore("memory", async () => createMemoryStore());
