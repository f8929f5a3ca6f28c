const YES: ReadonlySet<string> = new Set(["true", "1", "yes"]);
const NO: ReadonlySet<string> = new Set(["false", "0", "no"]);

/** Whether a decision or a truth of that name is class 1; undefined where it is neither yes nor no. */
export function meansYes(name: string): boolean | undefined {
  const plain = name.toLowerCase();
  return YES.has(plain) ? true : NO.has(plain) ? false : undefined;
}

/** Of each name 1 for class 1, else 0; undefined where one of them is neither yes nor no. */
export function binaryClasses(names: readonly string[]): Float64Array | undefined {
  const answers = names.map(meansYes);
  return answers.includes(undefined) ? undefined : Float64Array.from(answers, Number);
}
