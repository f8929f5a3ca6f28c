import { describe, expect, it } from "vitest";
import { personalReason } from "../../../src/commands/init/personal.ts";
import { typeOf } from "../../../src/event/infer-type.ts";

function reasonOf(name: string, values: readonly unknown[]): string | undefined {
  return personalReason(name, values, typeOf(values, false));
}

function many(make: (row: number) => unknown, rows = 200): unknown[] {
  return Array.from({ length: rows }, (_, row) => make(row));
}

/** Test numbers that payment networks publish. */
const CARDS = ["4111111111111111", "5500000000000004", "340000000000009", "30000000000004"];

describe("columns that look personal", () => {
  it.each([
    ["contact", many((row) => `p${row % 30}@example.com`), "100% of its values look like e-mail addresses"],
    [
      "comment",
      many((row) => (row % 10 === 0 ? "a@b.org" : "none")),
      "10% of its values look like e-mail addresses",
    ],
    ["src", many((row) => `10.0.${row % 7}.${row % 5}`), "100% of its values look like IP addresses"],
    ["peer", many((row) => `2001:db8::${(row % 9) + 1}`), "100% of its values look like IP addresses"],
    [
      "ref",
      many((row) => ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"][row % 2]),
      "100% of its values look like bank accounts (IBAN)",
    ],
    ["who", many((row) => `+49 170 12345${row % 10}`), "100% of its values look like phone numbers"],
    ["n", many((row) => `078-05-112${row % 10}`), "100% of its values look like social security numbers"],
    [
      "payment",
      many((row) => CARDS[row % 4]),
      "100% of its values look like card numbers (by their check digit)",
    ],
    [
      "payment",
      many((row) => Number(CARDS[row % 4])),
      "100% of its values look like card numbers (by their check digit)",
    ],
    ["customerId", many((row) => 100_000 + row), "its name"],
    ["billing_address", many((row) => `street ${row % 120}`), "its name"],
    ["phone", many((row) => 170_000_000 + row), "its name"],
    ["IP", many((row) => `host ${row % 90}`), "its name"],
    ["notes", many((row) => `wrote ${row} lines`), "100% of its values are distinct: they may name people"],
  ])("%s: %j", (name, values, reason) => {
    expect(reasonOf(name, values)).toBe(reason);
  });

  it.each([
    // Two brands, each of a hundred rows, name nobody.
    ["card", many((row) => ["visa", "amex"][row % 2])],
    ["card_type", many((row) => `kind ${row % 60}`)],
    ["account_balance", many((row) => 50_000 + row)],
    ["customer_age", many((row) => 18 + (row % 60))],
    ["phone", many((row) => row % 3)],
    ["amount", many((row) => row * 1.5)],
    // Times in ms have 13 digits; one of ten passes the check of card numbers by chance.
    ["seen", many((row) => 1_767_225_600_000 + row * 60_000)],
    ["seen", many((row) => new Date(1_767_225_600_000 + row * 60_000).toISOString())],
    ["iban", []],
    ["region", many((row) => ["eu", "us", "uk"][row % 3])],
    ["ref", many(() => "DE00370400440532013000")],
  ])("not %s: %j", (name, values) => {
    expect(reasonOf(name, values)).toBeUndefined();
  });
});
