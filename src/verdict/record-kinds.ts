import { expectFields, type FieldExpectation } from "../counts/expected-fields.ts";
import type { FieldChange } from "./field-changes.ts";
import { type FieldPane, LEAST_RECORDS, sampledIn } from "./field-panes.ts";
import { expectLearnt, learnPane, type LearntFields, type LearntKind } from "./learnt-fields.ts";
import { holdersIn, paneOfKind, paneWithout } from "./sighted-panes.ts";

/** The records of a window that are held against one expectation. */
export interface KindPanes {
  /** What the records are; absent where they are those that the reference may know. */
  readonly holder?: string;
  readonly expected: FieldExpectation;
  /** What that was learnt from; absent where it is the reference, or not known yet. */
  readonly learntFrom?: NonNullable<FieldChange["learntFrom"]>;
  readonly panes: readonly FieldPane[];
}

const NOTHING = expectFields(undefined);

/** The kinds of records of one model: what the reference knows, and each of those that it does not (learnt-fields.ts). */
export class RecordKinds {
  readonly learnt: LearntFields = new Map();
  private readonly reference: FieldExpectation;
  /** By holder; a pane does not change once it has closed. */
  private readonly views = new Map<string, { isComplete: boolean; of: WeakMap<FieldPane, FieldPane> }>();
  private readonly expectations = new Map<string, FieldExpectation>();

  constructor(reference: FieldExpectation = NOTHING) {
    this.reference = reference;
  }

  /** Takes in a pane that has closed at `end`; a kind is known after `span`, both in ms. */
  learn({ start, summary }: FieldPane, { end, span }: { end: number; span: number }): void {
    learnPane(this.learnt, summary, { start, end, span });
  }

  /** Sampled records of a pane that cannot be held against anything yet. */
  learntIn({ summary }: FieldPane): number {
    let records = 0;
    for (const { holder, field, count } of summary.sightings.values())
      if (field === holder && this.learnt.get(holder)?.isComplete !== true) records += count;
    return records;
  }

  /** `panes` have closed, all tasks' together. */
  split(panes: readonly FieldPane[]): KindPanes[] {
    const holders = [...new Set([...holdersIn(panes), ...this.learnt.keys()])].sort();
    const own = { expected: this.reference, panes: panes.map((pane) => paneWithout(pane, holders)) };
    return [own, ...holders.map((holder) => this.kindOf(holder, panes))];
  }

  private kindOf(holder: string, panes: readonly FieldPane[]): KindPanes {
    const kind = this.learnt.get(holder);
    const isComplete = kind?.isComplete === true;
    let known = this.views.get(holder);
    if (known?.isComplete !== isComplete) {
      known = { isComplete, of: new WeakMap() };
      this.views.set(holder, known);
      if (kind !== undefined && isComplete) this.expectations.set(holder, expectLearnt(holder, kind));
    }
    const expected = isComplete ? this.expectations.get(holder) : undefined;
    const { of } = known;
    // What the expectation was learnt from cannot depart from it.
    const later = panes.filter(({ start }) => !isComplete || start >= (kind?.through ?? 0));
    return {
      holder,
      expected: expected ?? NOTHING,
      ...(kind === undefined || !isComplete ? {} : { learntFrom: describeKind(kind) }),
      panes: later.map((pane) => {
        const view = of.get(pane) ?? paneOfKind(pane, holder, expected);
        of.set(pane, view);
        return view;
      }),
    };
  }
}

function describeKind({ records, from, through }: LearntKind): NonNullable<FieldChange["learntFrom"]> {
  return { records, from: new Date(from).toISOString(), through: new Date(through).toISOString() };
}

/** Whether a change that was told is of records of which too few came to say that it is over. `key`: field-changes.ts */
export function isSilent(key: string, kinds: readonly KindPanes[]): boolean {
  return kinds.some(
    ({ holder = "", panes }) =>
      holder !== "" &&
      (key.includes(` ${holder}.`) || key.includes(` ${holder}/`)) &&
      sampledIn(panes) < LEAST_RECORDS,
  );
}
