import { Field, Float64, Int32, List, Utf8 } from "apache-arrow";
import type { Table, Vector } from "apache-arrow";
import type { Dispersion } from "../statistics/calibration.ts";

/*
 * The cells of a reference's table: the types of its columns, and reading them back. All reading throws a plain Error where the
 * table is not one that was written.
 */
export const numbers = () => new List(new Field("item", new Float64(), true));
export const integers = () => new List(new Field("item", new Int32(), true));
export const texts = () => new List(new Field("item", new Utf8(), true));

export const SIGNALS = ["distribution", "missing", "novel"] as const;

export function readDispersion(table: Table, scale: string, row: number): Dispersion {
  const [deff, nu, tau] = ["deff", "nu", "tau"].map((name) => list(table, `${scale}_${name}`, row));
  return { deff, nu, tau };
}

export function cut({ deff, nu, tau }: Dispersion, { from, to }: { from: number; to: number }): Dispersion {
  return { deff: deff.slice(from, to), nu: nu.slice(from, to), tau: tau.slice(from, to) };
}

export function cell(table: Table, name: string, row: number): unknown {
  const child = table.getChild(name);
  if (child === null) throw new Error(`column ${name} is not there`);
  return child.get(row);
}

export function text(table: Table, name: string, row: number): string {
  return String(cell(table, name, row));
}

export function number(table: Table, name: string, row: number): number {
  return Number(cell(table, name, row) ?? Number.NaN);
}

export function list(table: Table, name: string, row: number): Float64Array {
  return Float64Array.from(vector(table, name, row), Number);
}

export function vector(table: Table, name: string, row: number): Vector {
  const value = cell(table, name, row);
  if (value === null || value === undefined) throw new Error(`column ${name} has nothing in row ${row}`);
  // The columns that are read with this are lists, whose cells Arrow gives as vectors.
  return value as Vector;
}

export function oneOf<T extends string>(allowed: readonly T[], value: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`${value} is none of ${allowed.join(", ")}`);
  return found;
}
