import { describe, expect, it } from "vitest";
import { SeenVersions } from "../../src/verdict/seen-versions.ts";

describe("SeenVersions", () => {
  it("tells once which versions have been silent for too long, and since when", () => {
    const seen = new SeenVersions(100);
    seen.see("v1", 10);
    seen.see("v2", 10);
    seen.see("v2", 60);
    expect(seen.takeGone(109)).toEqual([]);
    expect(seen.takeGone(150)).toEqual([{ version: "v1", at: 110 }]);
    expect([seen.has("v1"), seen.has("v2")]).toEqual([false, true]);
    expect(seen.takeGone(150)).toEqual([]);
    seen.see("v1", 200);
    expect(seen.takeGone(299)).toEqual([{ version: "v2", at: 160 }]);
  });

  it("survives being written down", () => {
    const seen = new SeenVersions(100);
    seen.see("v1", 10);
    const later = new SeenVersions(100);
    later.restore(seen.export());
    expect(later.takeGone(110)).toEqual([{ version: "v1", at: 110 }]);
  });
});
