import { shownCategory } from "../../counts/categories.ts";
import type { Layout, Section } from "../../counts/layout.ts";
import { ARRIVALS, BINS_TAIL, CATEGORIES_TAIL } from "../../counts/tails.ts";
import type { CountingPlan } from "../../window/counting-plan.ts";
import { ROLL_UP_STEPS, rollUpLayout } from "../../window/roll-up.ts";
import { cohortLayout, paneLayout } from "../../window/task-delta.ts";
import { fitModel } from "../../rules/fitted-model.ts";
import { lineageOf } from "../../rules/lineage.ts";
import { hasLabels } from "../../engine/task-groups.ts";
import type { CommandIo } from "../io.ts";
import { loadProject } from "../load.ts";
import { referencesOf } from "../load-references.ts";

/**
 * What the counts of each model rest on, and what those of each layout are counts of, where driftd.yaml, its rules and references are
 * at hand: the store itself knows only numbers. Categories that few rows of the reference have are `other`.
 */
export async function describeModels(configFile: string, io: CommandIo): Promise<readonly object[]> {
  const { config, models, references } = await loadProject({ configFile, io });
  return models.flatMap((model) => {
    const found = referencesOf(model, references);
    if (found === undefined) return [];
    const streams = Object.values(config?.streams ?? {});
    const fitted = fitModel({ model, ...found, hasLabels: hasLabels(model.name, streams) });
    return [{ type: "lineage", model: model.name, ...lineageOf(fitted) }, ...linesOf(fitted.counting)];
  });
}

function linesOf(plan: CountingPlan): object[] {
  const line = (layout: string, { stride, sections }: Layout): object => ({
    type: "layout",
    layout,
    model: plan.model,
    counts: stride,
    sections: sections.map((section) => describeSection(section, plan)),
  });
  const names = [paneLayout(plan), ...ROLL_UP_STEPS.map((step) => rollUpLayout(plan, step))];
  const lines = names.map((name) => line(name, plan.layout));
  return plan.outcomes === undefined ? lines : [...lines, line(cohortLayout(plan), plan.outcomes.layout)];
}

function describeSection({ kind, column, offset, length }: Section, { columns }: CountingPlan): object {
  const section = { kind, column, offset, length };
  if (kind === "arrivals") return { ...section, slots: namesOf(ARRIVALS) };
  const ref = columns.find((one) => one.ref.column === column)?.ref;
  if (kind === "bins" && ref?.kind === "bins") {
    const { edges, low, high } = ref.grid;
    // bin(x) is the number of edges that are not above x.
    return { ...section, edges: [...edges], low, high, tail: namesOf(BINS_TAIL) };
  }
  if (kind === "categories" && ref?.kind === "categories") {
    const categories = ref.categories.map((_, code) => shownCategory(ref, code));
    return { ...section, categories, tail: namesOf(CATEGORIES_TAIL) };
  }
  return section;
}

function namesOf(slots: Readonly<Record<string, number>>): string[] {
  return Object.keys(slots).filter((name) => name !== "length");
}
