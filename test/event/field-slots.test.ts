import { expect, it } from "vitest";
import { FIELD_SLOTS, formatOf } from "../../src/event/field-slots.ts";

it.each([
  ["2001-05-03", "date"],
  ["2001-05-03T12:00:00Z", "date-time"],
  ["2001-05-03 12:00", "date-time"],
  ["2001-05-03x12:00", "text"],
  ["2001-5-03", "text"],
  ["123e4567-e89b-12d3-a456-426614174000", "uuid"],
  ["ann@example.org", "email"],
  ["@example.org", "text"],
  ["ann@example.org and bob@example.org", "text"],
  ["ann@example.", "text"],
  ["https://example.org/x", "uri"],
  ["s3://bucket", "uri"],
  ["12:30", "text"],
  ["1.50", "numeric"],
  ["-3", "numeric"],
  ["+4.5e-3", "numeric"],
  ["00123", "numeric"],
  ["-", "text"],
  ["1.2.3", "text"],
  ["9f2c44d0", "hex"],
  ["facade", "text"],
  ["", "text"],
  ["eu", "text"],
  ["a".repeat(300), "text"],
])("takes %j for %s", (text, format) => {
  const bytes = new TextEncoder().encode(`"${text}"`);
  expect(FIELD_SLOTS[formatOf(bytes, 1, bytes.length - 1)]).toBe(format);
});
