import { expect, it } from "vitest";
import { lastNumber, paneKey, readPaneKey, rowKey, endOf } from "../../../src/state/lmdb-keys.ts";
import { openRows } from "../../../src/state/lmdb-rows.ts";
import { linesOf, state, useFilledState } from "./filled-state.ts";

const states = useFilledState();

it.each([10, 17, 25, 33, 50])(
  "a pane whose start is changed in bit %d alone is told, by name, and not exported",
  async (bit) => {
    const { path, file } = states.copy();
    const rows = openRows(file);
    rows.transact(() => {
      const panes = [...rows.scan(rowKey("pane"), endOf("pane"))];
      const { key, value } = panes[Math.floor(panes.length / 2)];
      const { start, series } = readPaneKey(key);
      const layout = new DataView(key.buffer, key.byteOffset, key.length).getUint32(1);
      expect(lastNumber(key)).toBe(series);
      rows.remove(key);
      rows.put(paneKey(layout, start + 2 ** bit, series), value);
    });
    await rows.close();
    const { status, out } = await state("verify", path);
    expect(out).toMatch(
      /1 thing found damaged:\n {2}The counts of m\/\S+ \S* \S+ of \S+ partition \d are not what was written\./,
    );
    expect(status).toBe(1);
    const sound = linesOf(await state("export", states.sound)).map((line) => JSON.stringify(line));
    const exported = linesOf(await state("export", path)).map((line) => JSON.stringify(line));
    expect(exported).toHaveLength(sound.length - 1);
    expect(exported.filter((line) => !sound.includes(line))).toEqual([]);
  },
);
