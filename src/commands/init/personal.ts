import { isIP } from "node:net";
import type { InferredType } from "../../event/infer-type.ts";
import { formatShare } from "../../verdict/quantities.ts";

/** Words that a name must have one of, and may have beside. */
const IDENTITY: ReadonlySet<string> = new Set(
  (
    "email mail phone mobile telephone tel fax msisdn card pan iban bic ssn nino passport license licence address street zip " +
    "zipcode postcode postal ip ipaddress imei imsi mac plate dob birthday birthdate birth name firstname lastname surname " +
    "fullname username user customer client member patient employee subscriber cardholder account tax vat cookie"
  ).split(" "),
);
const BESIDE: ReadonlySet<string> = new Set(
  "id no nr num number code first last middle full given family maiden home work billing shipping delivery contact owner holder sender recipient source src remote date of line credit debit bank security social the".split(
    " ",
  ),
);
/** A value that so many rows share on average names nobody; as privacy.floor has it. */
const MANY_ROWS = 20;
const FEW_VALUES = 50;
/** Of texts: this share of one pattern is no accident. */
const TELLING_SHARE = 0.05;
/** One of ten random numbers passes Luhn's check. */
const TELLING_NUMBERS = 0.5;
/** A number that names somebody has at least so many digits. */
const LEAST_IDENTITY = 10_000;

/**
 * Why a column seems to name people, by its name and its sampled values (none of them missing): "its name", "100% of its values look
 * like e-mail addresses". Undefined where it does not. It may be wrong either way; a column that is taken for personal is hashed, and
 * so told apart all the same.
 */
export function personalReason(
  name: string,
  values: readonly unknown[],
  { isNumeric, isWhole, isTime }: Pick<InferredType, "isNumeric" | "isWhole" | "isTime">,
): string | undefined {
  const texts = values.flatMap(plainText);
  if (texts.length === 0) return undefined;
  if (isNumeric && !isWhole) return undefined;
  const pattern = patternOf(texts, isNumeric);
  if (pattern !== undefined) return pattern;
  const distinct = new Set(texts).size;
  const isShared = distinct <= FEW_VALUES && texts.length >= MANY_ROWS * distinct;
  if (isShared) return undefined;
  const isLarge = !isNumeric || texts.every((text) => Math.abs(Number(text)) >= LEAST_IDENTITY);
  if (namesPeople(name) && isLarge) return "its name";
  if (!isNumeric && !isTime && texts.length >= MANY_ROWS && distinct > texts.length / 2) {
    return `${formatShare(distinct / texts.length)} of its values are distinct: they may name people`;
  }
  return undefined;
}

function plainText(value: unknown): string[] {
  if (typeof value === "string") return [value.trim()];
  return typeof value === "number" || typeof value === "bigint" ? [String(value)] : [];
}

/** `billingAddress`, `card_number`, `IP`; not `card_type` or `account_age`, which say something else of what they name. */
function namesPeople(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
  return (
    words.some((word) => IDENTITY.has(word)) && words.every((word) => IDENTITY.has(word) || BESIDE.has(word))
  );
}

interface Pattern {
  readonly what: string;
  fits(text: string): boolean;
}

const PATTERNS: readonly Pattern[] = [
  { what: "e-mail addresses", fits: (text) => /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i.test(text) },
  { what: "IP addresses", fits: (text) => text.length > 6 && isIP(text) !== 0 },
  { what: "bank accounts (IBAN)", fits: isIban },
  { what: "phone numbers", fits: (text) => /^\+\d[\d ()-]{6,18}\d$/.test(text) },
  { what: "social security numbers", fits: (text) => /^\d{3}-\d{2}-\d{4}$/.test(text) },
];
const CARD: Pattern = { what: "card numbers (by their check digit)", fits: isCard };

function patternOf(texts: readonly string[], isNumber: boolean): string | undefined {
  const share = ({ fits }: Pattern): number => texts.filter((text) => fits(text)).length / texts.length;
  const found = isNumber ? undefined : PATTERNS.find((pattern) => share(pattern) >= TELLING_SHARE);
  const pattern = found ?? (share(CARD) >= TELLING_NUMBERS ? CARD : undefined);
  return pattern && `${formatShare(share(pattern))} of its values look like ${pattern.what}`;
}

/** 13 to 19 digits that pass Luhn's check (ISO/IEC 7812-1). */
function isCard(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, "");
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = [...digits].toReversed().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** ISO 13616: letters are numbers from 10 on, the first four go last, and the whole is 1 modulo 97. */
function isIban(text: string): boolean {
  const plain = text.replaceAll(" ", "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(plain)) return false;
  const moved = plain.slice(4) + plain.slice(0, 4);
  const digits = [...moved].map((sign) => String(Number.parseInt(sign, 36))).join("");
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}
