export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces every `${NAME}`. As if it were written in the file: an unquoted value that then looks like a number or a
 * boolean is one. Without an environment there is nothing to replace, and `${` is a problem.
 */
export function substitute(
  text: string,
  environment: Environment | undefined,
  plain: boolean,
): { value: unknown; problem?: string } {
  if (environment === undefined) {
    return { value: text, problem: "environment variables work in driftd.yaml only; write the value itself" };
  }
  const unset: string[] = [];
  const value = text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const found = environment[name];
    if (found === undefined) unset.push(name);
    return found ?? "";
  });
  if (unset.length > 0) {
    const names = unset.join(" and ");
    return {
      value: text,
      problem: `${names} ${unset.length > 1 ? "are" : "is"} not set; export it, or write the value`,
    };
  }
  const rest = text.replaceAll(/\$\{[A-Za-z_][A-Za-z0-9_]*\}/g, "");
  if (rest.includes("${")) {
    return { value: text, problem: "is no variable; write ${NAME}, with letters, digits and underscores" };
  }
  return { value: plain ? resolvePlain(value) : value };
}

function resolvePlain(value: string): unknown {
  if (value === "true" || value === "false") return value === "true";
  return /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(value) ? Number(value) : value;
}
