import type { ReviewSinkConfig } from "../config/config.ts";
import { relativePath } from "../config/path.ts";
import { formatDuration } from "../config/quantity.ts";
import { formatCount } from "../verdict/quantities.ts";
import { describeConditions } from "../rules/review-section.ts";
import { wrap } from "./text.ts";
import type { Project } from "./project.ts";

/** What a rule picks for people to look at, how much of it at most, and where that goes. */
export interface ReviewOutlook {
  readonly model: string;
  readonly review: string;
  /** Any of these. */
  readonly when: readonly string[];
  /** Events in a span, and its length in ms. */
  readonly most: number;
  readonly per: number;
  /** The name of the place, and what stands there; the latter unless it is not to be found. */
  readonly to: string;
  readonly place?: string;
}

export function reviewOutlooks(
  { models, config }: Pick<Project, "models" | "config">,
  cwd: string,
): ReviewOutlook[] {
  return models.flatMap(({ name: model, reviews = [] }) =>
    reviews.map((rule) => {
      const sink = config?.publish.review?.[rule.to];
      const { review, most, per, to } = rule;
      const place = sink === undefined ? {} : { place: placeOf(sink, cwd) };
      return { model, review, when: describeConditions(rule), most, per, to, ...place };
    }),
  );
}

/** A sentence for each, in lines of that width. */
export function describeReviews(
  reviews: readonly ReviewOutlook[],
  { indent, width }: { readonly indent: string; readonly width: number },
): string[] {
  return reviews.flatMap(({ review, when, most, per, to, place }) => {
    const where = place === undefined ? to : `${to} (${place})`;
    const rate = `at most ${formatCount(most)} per ${formatDuration(per)}`;
    const text = `${review}: sends events for review to ${where}, ${rate}: ${when.join(", or ")}.`;
    return wrap(text, indent, width).split("\n");
  });
}

/** An address is told by its host alone: the rest may hold a secret. */
function placeOf({ topic, file, url = "" }: ReviewSinkConfig, cwd: string): string {
  if (topic !== undefined) return `topic ${topic}`;
  return file === undefined ? new URL(url).host : `file ${relativePath(cwd, file)}`;
}
