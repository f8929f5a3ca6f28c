import { describe, expect, it } from "vitest";
import { INACTIVE, step, type Observation, type Verdict } from "../../src/verdict/verdict.ts";

const MINUTE = 60_000;
const OBSERVATIONS: Readonly<Record<string, Observation>> = { s: "significant", c: "calm", "-": "absent" };

/** Steps through one observation a minute; one letter per state after it, and every transition with its minute. */
function run(
  observations: string,
  patience: { evaluations: number; keepFiringFor: number },
): { states: string; transitions: string[]; last: Verdict } {
  let verdict = INACTIVE;
  let states = "";
  const transitions: string[] = [];
  for (const [i, letter] of [...observations].entries()) {
    const result = step(verdict, OBSERVATIONS[letter] ?? "absent", (i + 1) * MINUTE, patience);
    verdict = result.verdict;
    states += verdict.state[0] ?? "";
    if (result.transition !== undefined) transitions.push(`${result.transition}@${i + 1}`);
  }
  return { states, transitions, last: verdict };
}

describe("step", () => {
  it.each([
    // name, L, keepFiringFor in minutes, observations, states, transitions
    ["nothing happens to the calm", 3, 0, "cc-c", "iiii", []],
    ["fires after L in a row", 3, 0, "sss", "ppf", ["firing@3"]],
    ["fires at once where L is 1", 1, 0, "s", "f", ["firing@1"]],
    ["a calm evaluation begins the count anew", 3, 0, "sscsss", "ppippf", ["firing@6"]],
    ["so does one that cannot say anything", 3, 0, "ss-sss", "ppippf", ["firing@6"]],
    ["resolves at the first calm without keepFiringFor", 1, 0, "sc", "fi", ["firing@1", "resolved@2"]],
    ["leaves firing as it is where nothing can be said", 1, 0, "s---", "ffff", ["firing@1"]],
    ["keeps firing from the first calm pane on", 1, 2, "sccc", "fffi", ["firing@1", "resolved@4"]],
    ["a significant one between ends the calm", 1, 2, "sccsccc", "ffffffi", ["firing@1", "resolved@7"]],
    ["absence neither ends the calm nor resolves", 1, 2, "sc--c", "ffffi", ["firing@1", "resolved@5"]],
    ["a resolved series may fire again", 2, 0, "sscss", "pfipf", ["firing@2", "resolved@3", "firing@5"]],
  ])("%s", (...[, evaluations, minutes, observations, states, transitions]) => {
    const result = run(observations, { evaluations, keepFiringFor: minutes * MINUTE });
    expect(result.states).toBe(states);
    expect(result.transitions).toEqual(transitions);
  });

  it("remembers the first evaluation of the run while it is pending, and when it fires", () => {
    const pending = run("cs", { evaluations: 3, keepFiringFor: 0 }).last;
    expect(pending).toEqual({ state: "pending", run: 1, since: 2 * MINUTE, calmSince: Number.NaN });
    const firing = run("csss", { evaluations: 3, keepFiringFor: 0 }).last;
    expect(firing).toEqual({ state: "firing", run: 3, since: 2 * MINUTE, calmSince: Number.NaN });
  });

  it("counts the run on while firing, and from nothing after calm", () => {
    const patience = { evaluations: 2, keepFiringFor: 10 * MINUTE };
    expect(run("sssss", patience).last.run).toBe(5);
    expect(run("ssssc", patience).last).toMatchObject({ state: "firing", run: 0, calmSince: 5 * MINUTE });
    expect(run("sssscs", patience).last).toMatchObject({ run: 1, since: MINUTE, calmSince: Number.NaN });
    expect(run("ss-", patience).last.run).toBe(2);
  });

  it("gives its reasons", () => {
    const patience = { evaluations: 1, keepFiringFor: 0 };
    const fired = step(INACTIVE, "significant", MINUTE, patience);
    expect(fired.reason).toBe("limit passed");
    expect(step(fired.verdict, "calm", 2 * MINUTE, patience).reason).toBe("back within its limit");
  });
});
