/** Whether a name fits a glob in which `*` stands for any part of a name. */
export function matchesGlob(glob: string, name: string): boolean {
  const [first = "", ...rest] = glob.split("*");
  const last = rest.pop();
  if (last === undefined) return glob === name;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return from <= end;
}

/** The names that the globs choose: each adds those it fits, `!` takes away; where the first takes away, all are in. */
export function selectNames(globs: readonly string[], names: readonly string[]): readonly string[] {
  const startsFull = globs[0]?.startsWith("!") ?? false;
  return names.filter((name) =>
    globs.reduce((chosen, glob) => {
      const takesAway = glob.startsWith("!");
      return matchesGlob(takesAway ? glob.slice(1) : glob, name) ? !takesAway : chosen;
    }, startsFull),
  );
}
