/** A text of an alert: as Prometheus' template, and what becomes of it for the series of the unit tests. */
export interface Template {
  readonly template: string;
  readonly example: string;
}

/** Text that stays as it is, whatever braces stand in it. */
export function plain(text: string): Template {
  return { template: text.replaceAll("{{", '{{ "{{" }}'), example: text };
}

/** One text of several; strings stay as they are. */
export function join(...parts: readonly (Template | string)[]): Template {
  const templates = parts.map((part) => (typeof part === "string" ? plain(part) : part));
  return {
    template: templates.map(({ template }) => template).join(""),
    example: templates.map(({ example }) => example).join(""),
  };
}

/** A label of the alert. */
export function label(name: string, example: string): Template {
  return { template: `{{ $labels.${name} }}`, example };
}

/** The expression's value: whole numbers, and shares to four digits. */
export function value(example: number): Template {
  return { template: "{{ $value }}", example: String(example) };
}

/** Of the alert's own series: a metric that shares these labels with it. */
export interface Lookup {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** The metric's number, in `digits` as Go has it; nothing where there is none. */
export function lookUp(lookup: Lookup, digits: "%.4g" | "%.0f", example: number): Template {
  return {
    template: `{{ with query (${queryOf(lookup, "max(", ")")}) }}{{ . | first | value | printf "${digits}" }}{{ end }}`,
    example: digits === "%.0f" ? String(Math.round(example)) : fourDigits(example),
  };
}

/** The metric's series by one of their labels, the largest first, with their shares: `eu (62%), uk (20%)`; nothing, where there are none. */
export function listShares(
  lookup: Lookup,
  { by, before, example }: { readonly by: string; readonly before: string; readonly example: string },
): Template {
  const query = queryOf(lookup, `sort_desc(max by (${by}) (`, "))");
  return {
    template: `{{ range $i, $part := query (${query}) }}{{ if $i }}, {{ else }}${before}{{ end }}{{ $part.Labels.${by} }} ({{ $part.Value | humanizePercentage }}){{ end }}`,
    example: `${before}${example}`,
  };
}

/** A text about the target that the alert comes from, which the alert itself no longer names. */
export function ofInstance(
  lookup: Lookup,
  text: (instance: Template) => Template,
  example: string,
): Template {
  const instance = { template: '{{ . | first | label "instance" }}', example };
  const { template, example: whole } = text(instance);
  return {
    template: `{{ with query (${queryOf(lookup, "", " == 1")}) }}${template}{{ end }}`,
    example: whole,
  };
}

/** %q quotes a label's value as PromQL does. */
function queryOf({ metric, labels }: Lookup, before: string, after: string): string {
  const matchers = labels.map((name) => `${name}=%q`).join(",");
  const values = labels.map((name) => `$labels.${name}`).join(" ");
  return `printf "${before}${metric}{${matchers}}${after}" ${values}`;
}

/** As Go prints %.4g. */
function fourDigits(number: number): string {
  const exponent = number === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(number.toPrecision(4)))));
  if (exponent >= -4 && exponent < 4) return String(Number(number.toPrecision(4)));
  const [digits = "", power = ""] = number.toExponential(3).split("e");
  const sign = power.startsWith("-") ? "-" : "+";
  return `${Number(digits)}e${sign}${power.replace(/^[-+]/, "").padStart(2, "0")}`;
}
