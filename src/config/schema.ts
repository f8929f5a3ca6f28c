import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject } from "ajv/dist/2020.js";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import { faultAt } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { nearestWord, suggestWord } from "./nearest-word.ts";
import { guessDuration } from "./quantity.ts";

/** What the error needs of the schema around it; ajv hands it over untyped. */
interface SchemaPart {
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

export type SchemaCheck = (document: Document) => SchemaFaults;

export interface SchemaFaults {
  readonly faults: readonly Fault[];
  /** Whether nothing is wrong at the path or below it: only then is the value there what the schema says. */
  readonly sound: (path: Path) => boolean;
}

/** Compiles a schema into a function that says all that is wrong with a document. */
export function compileSchema(schema: object): SchemaCheck {
  const validate = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(schema);
  return (document) => {
    const errors = validate(document.data) ? [] : withoutEchoes(validate.errors ?? []);
    return {
      faults: errors.map((error) => faultAt(document, describe(error))),
      sound: (path) => !errors.some((error) => touches(error, path)),
    };
  };
}

/** A key that is missing because it is misspelt is one mistake, and has been said. */
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const meant = new Set(errors.flatMap((error) => meantKey(error) ?? []));
  return errors.filter((error) => {
    // What the branch that was taken finds says more.
    if (error.keyword === "if") return false;
    const key: unknown = error.params["missingProperty"];
    return typeof key !== "string" || !meant.has(`${error.instancePath}/${key}`);
  });
}

/** The pointer to the key that stands there under another name. */
function meantKey(error: ErrorObject): string | undefined {
  const key: unknown = error.params["additionalProperty"];
  if (typeof key !== "string") return undefined;
  const known = Object.keys(partOf(error).properties ?? {});
  const word = known.includes(`${key}File`) ? `${key}File` : nearestWord(key, known);
  return word === undefined ? undefined : `${error.instancePath}/${word}`;
}

/** With `verbose`, ajv gives the schema object that holds the keyword. */
function partOf(error: ErrorObject): SchemaPart {
  return (error.parentSchema ?? {}) as SchemaPart;
}

/** What stands above (a key missing beside it) does not spoil a value, unless it is not even what could hold one. */
function touches(error: ErrorObject, path: Path): boolean {
  const place = pathOf(error);
  const common = error.keyword === "type" ? path.slice(0, place.length) : path;
  return common.every((step, depth) => String(place[depth]) === String(step));
}

/** The path of what is wrong; an unknown key is a place of its own. */
function pathOf(error: ErrorObject): Path {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  const key: unknown = error.params["additionalProperty"];
  return typeof key === "string" ? [...path, key] : path;
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

function describe(error: ErrorObject): FaultAt {
  const path = pathOf(error);
  const part = partOf(error);
  const { params } = error;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(path, Object.keys(part.properties ?? {}));
    case "required":
    case "dependentRequired":
      return { path, code: "MISSING_KEY", message: missingKey(String(params["missingProperty"]), part) };
    case "type":
      return { path, code: "WRONG_TYPE", message: wrongType(error, part) };
    case "enum":
      return { path, code: "WRONG_VALUE", message: notAmong(error.data, params["allowedValues"]) };
    case "const":
      return { path, code: "WRONG_VALUE", message: notEqual(error.data, params["allowedValue"]) };
    case "pattern":
      return {
        path,
        code: "WRONG_VALUE",
        message: notOfPattern(error, part),
      };
    case "maxItems":
      return { path, code: "WRONG_VALUE", message: `must have ${String(params["limit"])} values` };
    case "minLength":
    case "minItems":
      if (Number(params["limit"]) > 1)
        return { path, code: "WRONG_VALUE", message: `must have ${String(params["limit"])} values` };
      return { path, code: "WRONG_VALUE", message: "is empty; write at least one, or leave it out" };
    case "minProperties":
      return { path, code: "WRONG_VALUE", message: `is empty; write ${hint(part)}` };
    case "maxProperties":
      return { path, code: "WRONG_VALUE", message: `says more than one thing; write ${hint(part)}` };
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
      return {
        path,
        code: "WRONG_VALUE",
        message: `must be ${BOUNDS[error.keyword]} ${String(params["limit"])}`,
      };
    case "uniqueItems":
      return { path, code: "DUPLICATE", message: "names the same twice; keep one" };
    default:
      return { path, code: "WRONG_VALUE", message: error.message ?? "is not allowed" };
  }
}

/** YAML 1.2 knows no `yes` and `on`; what says nothing is left out. */
function notEqual(data: unknown, allowed: unknown): string {
  if (allowed === true) return data === false ? "says nothing; leave it out" : "is no true; write true";
  if (isNumber(data) && typeof allowed === "number") return "is a number in quotes; remove the quotes";
  return `must be ${JSON.stringify(allowed)}`;
}

function notOfPattern({ data, params }: ErrorObject, part: SchemaPart): string {
  const text = String(data);
  if ([part.type].flat().includes("number") && isNumber(data))
    return "is a number in quotes; remove the quotes";
  const pattern = new RegExp(String(params["pattern"]));
  const joined = text.replaceAll(/(?:^|[\s-]+)(\S)/g, (_, letter: string) => letter.toUpperCase());
  const others = [guessDuration(text), text.toLowerCase(), part.title === "Name" ? joined : undefined];
  const meant = others.find((other) => other !== undefined && pattern.test(other));
  return `is not a ${kindOf(part)}; ${meant === undefined ? `write ${hint(part)}` : `did you mean ${meant}?`}`;
}

const BOUNDS: Readonly<Record<string, string>> = {
  minimum: "at least",
  maximum: "at most",
  exclusiveMinimum: "above",
};

function missingKey(key: string, part: SchemaPart): string {
  const property = part.properties?.[key] ?? {};
  const values = property.enum ?? (property.const === undefined ? [] : [property.const]);
  if (values.length > 0)
    return `needs ${key}; write ${values.map((value) => `${key}: ${String(value)}`).join(" or ")}`;
  return property.description === undefined ? `needs ${key}` : `needs ${key}: ${hint(property)}`;
}

function unknownKey(path: Path, known: readonly string[]): FaultAt {
  const key = String(path.at(-1));
  const place = { path, which: "key" } as const;
  if (known.includes(`${key}File`)) {
    const message = `a secret does not stand in this file; write ${key}File: and the path of a file that holds it`;
    return { ...place, code: "SECRET", message };
  }
  const [word = "", rest] = key.split(":");
  if (rest !== undefined && known.includes(word)) {
    const message = `a colon needs a space behind it; write ${word}: ${rest === "" ? "VALUE" : rest}`;
    return { ...place, code: "UNKNOWN_KEY", message };
  }
  return { ...place, code: "UNKNOWN_KEY", message: `is not known here; ${suggestWord(key, known)}` };
}

function notAmong(data: unknown, allowed: unknown): string {
  const words = Array.isArray(allowed) ? allowed.map(String) : [];
  // A map may have a key `toString`, which String would call.
  const written = [data].flat().filter((part) => typeof part !== "object");
  return `is not known here; ${suggestWord(written.join(), words)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys",
  null: "nothing",
};

function wrongType(error: ErrorObject, part: SchemaPart): string {
  const wanted = [error.params["type"]].flat().map(String);
  const found = typeName(error.data);
  if (typeof error.data === "number" && !Number.isFinite(error.data)) return "is no finite number; write one";
  if (part.title === "Duration" && typeof error.data === "number") {
    const count = String(error.data);
    const units = count === "0" ? "0s" : `${count}s, ${count}m or ${count}h`;
    return `is a number without a unit; write ${units}`;
  }
  if (part.title !== undefined && wanted.includes("string")) {
    return `is ${TYPES[found]}, not a ${kindOf(part)}; write ${hint(part)}`;
  }
  const names = wanted.map((type) => TYPES[type] ?? type).join(" or ");
  if (wanted.includes("string") && (found === "number" || found === "boolean")) {
    return `is ${TYPES[found]}, not ${names}; put it in quotes`;
  }
  if ((wanted.includes("integer") || wanted.includes("number")) && isNumber(error.data)) {
    return "is a number in quotes; remove the quotes";
  }
  if (wanted.includes("array") && found === "string")
    return `is one text, not a list; write [${String(error.data)}]`;
  const keys = Object.keys(part.properties ?? {});
  const which = wanted.join() === "object" && keys.length > 0 && keys.length <= FEW_KEYS;
  const isEntries = wanted.join() === "array" && found === "object";
  const what = which
    ? `${names}: ${keys.join(", ")}`
    : isEntries
      ? "a list, with - before each entry"
      : names;
  return found === "null" ? `is empty; write ${what}` : `is ${TYPES[found]}; write ${what}`;
}

/** As many keys as a message names. */
const FEW_KEYS = 8;

function isNumber(data: unknown): boolean {
  return typeof data === "string" && data.trim() !== "" && !Number.isNaN(Number(data));
}

function typeName(data: unknown): string {
  if (data === null) return "null";
  return Array.isArray(data) ? "array" : typeof data;
}

/** The schema's own title, as it reads in a sentence. */
function kindOf(part: SchemaPart): string {
  const title = part.title ?? "value of the right form";
  return title.charAt(0).toLowerCase() + title.slice(1);
}

/** The schema's own first sentence, as it reads after "write". */
function hint(part: SchemaPart): string {
  const sentence = (part.description ?? "another value").replace(/\.( .*)?$/s, "");
  return /^[A-Z][a-z ]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}
