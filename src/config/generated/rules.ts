// Generated from schemas/rules.json by scripts/generate.mjs.

/**
 * Its id, 64 hexadecimal digits, as `driftd reference show` prints it.
 */
type Hash = string;
/**
 * A number and one of the units ms, s, m, h, d, as in 10m.
 */
type Duration = string;
/**
 * Letters a to z or A to Z, digits and underscores, with a letter first, as in FeatureDrift.
 */
type Name = string;
/**
 * A number of events and the span of event time, a multiple of the pane, as in 100 per 1h. Those with the smallest keyed hashes are chosen. Default: 100 per 1h.
 */
type Rate = string;
/**
 * Letters a to z or A to Z, digits and underscores, with a letter first, as in FeatureDrift.
 */
type Name1 = string;
/**
 * A number such as 0.01, or for freshness a duration such as 5m.
 */
type LimitValue = number | string;
/**
 * A lower-case word for the label `severity`, such as info, ticket or page. Default: ticket.
 */
type Severity = string;

/**
 * A rule file: what a model is, and when its owner wants to hear of it. A file without `model` is a base for others. Relative paths start at the directory of this file.
 */
export interface RuleFile {
  /**
   * Number of this file format.
   */
  version: 1;
  /**
   * Name of the model, as events carry it.
   */
  model?: string;
  /**
   * A rule file to start from: maps merge by key, rules by name, lists replace; `off: true` removes a rule.
   */
  extends?: string;
  /**
   * What the data looked like when all was well, by model version; `default` serves all other versions.
   */
  references?: {
    [k: string]: ReferenceSection;
  };
  /**
   * The windows that rules judge.
   */
  window?: {
    size?: Duration;
    pane?: Duration;
    lateness?: Duration;
  };
  /**
   * Columns to split by: [region, [region, device]] is by region, and by the pair. Default: none.
   */
  segmentBy?: (string | string[])[];
  /**
   * How many segments are followed; all others are counted in `other`.
   */
  segments?: {
    /**
     * The largest of the reference, for each entry of segmentBy. Default: 20.
     */
    top?: number;
  };
  /**
   * How many model versions are followed at a time; all others are counted in `other`.
   */
  versions?: {
    /**
     * Versions followed. Default: 4.
     */
    keep?: number;
    forgetAfter?: Duration;
  };
  /**
   * How the truth arrives.
   */
  labels?: {
    matureAfter?: Duration;
    expireAfter?: Duration;
    cohort?: Duration;
  };
  /**
   * False alarms that this model may raise; every significance level follows from it. Default: 1 per 30d.
   */
  budget?: {
    /**
     * Expected number of false alarms in the period, at most.
     */
    falseAlarms?: number;
    per?: Duration;
  };
  /**
   * The most series (versions x segments x columns) that are kept. Default: 2000.
   */
  maxSeries?: number;
  /**
   * What is known of the ids of its events.
   */
  id?: {
    /**
     * Personal data: ids are shown nowhere, not even as examples. Default: false.
     */
    pii?: boolean;
  };
  /**
   * What is known of columns, by name. Columns that are not named here are what the reference says.
   */
  columns?: {
    [k: string]: ColumnSection;
  };
  /**
   * Limits of the rules that say none, by type of column and by measure. A limit in a rule goes before, and holds for all of its columns. Default: the measure's own (docs/MEASURES.md).
   */
  defaults?: {
    number?: DefaultLimits;
    category?: DefaultLimits;
    boolean?: DefaultLimits;
  };
  /**
   * The rules, each with its own name: those that raise an alert, and those that pick events for review.
   */
  rules?: (ReviewSection | RuleSection)[];
}
/**
 * A file made by `driftd reference build`; or `learn` in its place.
 */
interface ReferenceSection {
  /**
   * Path of the file.
   */
  file?: string;
  sha256?: Hash;
  learn?: Duration;
  refresh?: RefreshSection;
}
/**
 * Of the default only, beside a file: at such times the daemon makes a candidate of what it has counted, on the same bins. It is not used before somebody commits it.
 */
interface RefreshSection {
  /**
   * When: minute, hour, day of month, month and day of week, in UTC, as cron has them.
   */
  schedule: string;
  last: Duration;
}
/**
 * What is known of one column.
 */
interface ColumnSection {
  /**
   * Values of another type are invalid.
   */
  type?: "number" | "category" | "boolean";
  /**
   * Personal data: values are replaced by a keyed hash at the door. Category columns only.
   */
  pii?: boolean;
  /**
   * Smaller numbers are invalid.
   */
  minimum?: number;
  /**
   * Greater numbers are invalid.
   */
  maximum?: number;
}
/**
 * Limits by name of a measure, each of the kind that the measure usually has: atLeast, where chance can be asked.
 */
interface DefaultLimits {
  [k: string]: number;
}
/**
 * Picks events for people to look at, so many of a span of event time. Their decisions come back as labels.
 */
export interface ReviewSection {
  review: Name;
  /**
   * Removes the rule that `extends` brought.
   */
  off?: true;
  /**
   * Which events are picked.
   */
  when?: {
    /**
     * Conditions, of which an event meets at least one.
     *
     * @minItems 1
     */
    any: ConditionSection[];
  };
  atMost?: Rate;
  /**
   * Where they go: a name under publish.review in driftd.yaml.
   */
  to?: string;
  /**
   * Columns whose values are told; none that is pii. Default: none.
   */
  show?: string[];
}
/**
 * One of scoreBetween, novel, or a column with above or below.
 */
export interface ConditionSection {
  /**
   * The score lies between the two, or is one of them.
   *
   * @minItems 2
   * @maxItems 2
   */
  scoreBetween?: number[];
  /**
   * Some column has a category that the reference never had; with `column`, that one.
   */
  novel?: true;
  /**
   * The column that the condition looks at.
   */
  column?: string;
  /**
   * Its number is greater.
   */
  above?: number;
  /**
   * Its number is smaller.
   */
  below?: number;
}
/**
 * When a measure of some columns is news. At most one of atLeast, above, below; most measures have a default.
 */
export interface RuleSection {
  alert: Name1;
  /**
   * Removes the rule that `extends` brought.
   */
  off?: true;
  /**
   * What is measured.
   */
  measure?: string;
  /**
   * Columns to judge; * stands for any part of a name, a leading ! takes away, from all where nothing is named before. Of measures that compare groups: columns of segmentBy. Default: all that the measure can judge.
   *
   * @minItems 1
   */
  columns?: string[];
  /**
   * What is judged apart: `version`, and segment columns. Default: [version]; volume and freshness: [].
   */
  by?: string[];
  /**
   * The smallest effect that matters. The alert needs significance besides, at a level that the budget gives.
   */
  atLeast?: number;
  /**
   * What windows are held against. `reference`: all of it. `season`: the same hour of its other weeks, for columns that follow the hour; the window is an hour, or a whole part of one, judged as often as it is long, and the reference is built with this rule file. `previous`: the window right before, for columns that wander. `{ version: v7 }`: the same window of that version, which tells what a version does from what the world does. All but the first need atLeast, and a measure of the distribution or of missing values; against a version calibration-gap, too. Default: reference.
   */
  against?:
    | string
    | {
        /**
         * The version that all others are held against.
         */
        version: string;
      };
  compare?: CompareSection;
  above?: LimitValue;
  below?: LimitValue;
  for?: Duration;
  keepFiringFor?: Duration;
  severity?: Severity;
  /**
   * What is to be done: a name under publish.webhook or publish.topic of driftd.yaml, where the alert goes besides. Nothing is done where the budget promises nothing (trust none).
   */
  action?: string;
  /**
   * More labels on the alert.
   */
  alertLabels?: {
    [k: string]: string;
  };
  /**
   * Texts that go with the alert.
   */
  annotations?: {
    [k: string]: string;
  };
  /**
   * Another window than the model's.
   */
  window?: {
    size?: Duration;
    every?: Duration;
  };
}
/**
 * Holds a version against another over the same windows and, once their labels are there, the same cohorts: one alert of what windows show for each version and each segment of `by`, with all that differs as its evidence, and one of what labels show, where the version is worse by them. `for` and keepFiringFor are of windows. Takes the place of measure, against and the limits.
 */
interface CompareSection {
  /**
   * The version that is asked about. Default: every other one.
   */
  version?: string;
  /**
   * The version that it is held against.
   */
  against: string;
  /**
   * What is asked: measures of the distribution or of missing values, for every column of `columns`, and calibration-gap of labels. Default: psi, missing and calibration-gap, each with its own limit.
   *
   * @minItems 1
   */
  measures?: string[];
}

export const rulesSchema: object = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:driftd:schemas:rules","title":"RuleFile","description":"A rule file: what a model is, and when its owner wants to hear of it. A file without `model` is a base for others. Relative paths start at the directory of this file.","type":"object","additionalProperties":false,"required":["version"],"properties":{"version":{"description":"Number of this file format.","const":1},"model":{"description":"Name of the model, as events carry it.","type":"string","minLength":1},"extends":{"description":"A rule file to start from: maps merge by key, rules by name, lists replace; `off: true` removes a rule.","type":"string","minLength":1},"references":{"description":"What the data looked like when all was well, by model version; `default` serves all other versions.","type":"object","additionalProperties":{"$ref":"#/$defs/reference"}},"window":{"description":"The windows that rules judge.","type":"object","additionalProperties":false,"properties":{"size":{"description":"Length of a window. Default: 1h.","$ref":"#/$defs/duration"},"pane":{"description":"The smallest slice of event time; sizes are multiples of it. Default: 1m.","$ref":"#/$defs/duration"},"lateness":{"description":"How long a pane stays open for late records. Default: 2m.","$ref":"#/$defs/duration"}}},"segmentBy":{"description":"Columns to split by: [region, [region, device]] is by region, and by the pair. Default: none.","type":"array","items":{"description":"A column, or columns to be taken together.","type":["string","array"],"minLength":1,"minItems":1,"items":{"type":"string","minLength":1},"uniqueItems":true},"uniqueItems":true},"segments":{"description":"How many segments are followed; all others are counted in `other`.","type":"object","additionalProperties":false,"properties":{"top":{"description":"The largest of the reference, for each entry of segmentBy. Default: 20.","type":"integer","minimum":1}}},"versions":{"description":"How many model versions are followed at a time; all others are counted in `other`.","type":"object","additionalProperties":false,"properties":{"keep":{"description":"Versions followed. Default: 4.","type":"integer","minimum":1,"maximum":8},"forgetAfter":{"description":"A version not seen for this long makes room. Default: 7d.","$ref":"#/$defs/duration"}}},"labels":{"description":"How the truth arrives.","type":"object","additionalProperties":false,"properties":{"matureAfter":{"description":"A cohort is judged this long after its end. Default: the reference's 99% label delay.","$ref":"#/$defs/duration"},"expireAfter":{"description":"Predictions wait this long for their label. Default: 3d more than matureAfter, or 10d without it.","$ref":"#/$defs/duration"},"cohort":{"description":"Predictions of one span of time are judged together. Default: 1d.","$ref":"#/$defs/duration"}}},"budget":{"description":"False alarms that this model may raise; every significance level follows from it. Default: 1 per 30d.","type":"object","additionalProperties":false,"properties":{"falseAlarms":{"description":"Expected number of false alarms in the period, at most.","type":"number","exclusiveMinimum":0},"per":{"description":"The period.","$ref":"#/$defs/duration"}}},"maxSeries":{"description":"The most series (versions x segments x columns) that are kept. Default: 2000.","type":"integer","minimum":1,"maximum":100000},"id":{"description":"What is known of the ids of its events.","type":"object","additionalProperties":false,"properties":{"pii":{"description":"Personal data: ids are shown nowhere, not even as examples. Default: false.","type":"boolean"}}},"columns":{"description":"What is known of columns, by name. Columns that are not named here are what the reference says.","type":"object","additionalProperties":{"$ref":"#/$defs/column"}},"defaults":{"description":"Limits of the rules that say none, by type of column and by measure. A limit in a rule goes before, and holds for all of its columns. Default: the measure's own (docs/MEASURES.md).","type":"object","additionalProperties":false,"properties":{"number":{"description":"Of number columns.","$ref":"#/$defs/defaultLimits"},"category":{"description":"Of category columns.","$ref":"#/$defs/defaultLimits"},"boolean":{"description":"Of boolean columns.","$ref":"#/$defs/defaultLimits"}}},"rules":{"description":"The rules, each with its own name: those that raise an alert, and those that pick events for review.","type":"array","items":{"description":"A rule that says `review`, or else one that says `alert`.","if":{"type":"object","anyOf":[{"required":["review"]},{"required":["when"],"not":{"required":["alert"]}},{"required":["atMost"],"not":{"required":["alert"]}},{"required":["show"],"not":{"required":["alert"]}}]},"then":{"$ref":"#/$defs/review"},"else":{"$ref":"#/$defs/rule"}}}},"$defs":{"duration":{"title":"Duration","description":"A number and one of the units ms, s, m, h, d, as in 10m.","type":"string","pattern":"^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"},"limit":{"title":"Limit value","description":"A number such as 0.01, or for freshness a duration such as 5m.","type":["number","string"],"pattern":"^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"},"defaultLimits":{"title":"DefaultLimits","description":"Limits by name of a measure, each of the kind that the measure usually has: atLeast, where chance can be asked.","type":"object","additionalProperties":{"type":"number","minimum":0}},"reference":{"title":"ReferenceSection","description":"A file made by `driftd reference build`; or `learn` in its place.","type":"object","additionalProperties":false,"properties":{"file":{"description":"Path of the file.","type":"string","minLength":1},"sha256":{"title":"Hash","description":"Its id, 64 hexadecimal digits, as `driftd reference show` prints it.","type":"string","pattern":"^[0-9a-f]{64}$"},"learn":{"description":"Of the default only, in place of a file: the daemon keeps a sample of the first so long a time of the stream, in event time, builds the reference of it, and goes by that. Every column is declared under `columns` then.","$ref":"#/$defs/duration"},"refresh":{"title":"RefreshSection","description":"Of the default only, beside a file: at such times the daemon makes a candidate of what it has counted, on the same bins. It is not used before somebody commits it.","type":"object","additionalProperties":false,"required":["schedule","last"],"properties":{"schedule":{"description":"When: minute, hour, day of month, month and day of week, in UTC, as cron has them.","type":"string","minLength":1},"last":{"description":"How much event time it is made of. It ends with the newest pane that has closed, and begins with the day (UTC) of its first; 400d at most.","$ref":"#/$defs/duration"}}}}},"column":{"title":"ColumnSection","description":"What is known of one column.","type":"object","additionalProperties":false,"properties":{"type":{"description":"Values of another type are invalid.","enum":["number","category","boolean"]},"pii":{"description":"Personal data: values are replaced by a keyed hash at the door. Category columns only.","type":"boolean"},"minimum":{"description":"Smaller numbers are invalid.","type":"number"},"maximum":{"description":"Greater numbers are invalid.","type":"number"}}},"review":{"title":"ReviewSection","description":"Picks events for people to look at, so many of a span of event time. Their decisions come back as labels.","type":"object","additionalProperties":false,"required":["review"],"properties":{"review":{"title":"Name","description":"Letters a to z or A to Z, digits and underscores, with a letter first, as in FeatureDrift.","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_]*$"},"off":{"description":"Removes the rule that `extends` brought.","const":true},"when":{"description":"Which events are picked.","type":"object","additionalProperties":false,"required":["any"],"properties":{"any":{"description":"Conditions, of which an event meets at least one.","type":"array","minItems":1,"items":{"$ref":"#/$defs/condition"}}}},"atMost":{"title":"Rate","description":"A number of events and the span of event time, a multiple of the pane, as in 100 per 1h. Those with the smallest keyed hashes are chosen. Default: 100 per 1h.","type":"string","pattern":"^[1-9][0-9]{0,3} per [0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"},"to":{"description":"Where they go: a name under publish.review in driftd.yaml.","type":"string","minLength":1},"show":{"description":"Columns whose values are told; none that is pii. Default: none.","type":"array","uniqueItems":true,"items":{"type":"string","minLength":1}}}},"condition":{"title":"ConditionSection","description":"One of scoreBetween, novel, or a column with above or below.","type":"object","additionalProperties":false,"minProperties":1,"properties":{"scoreBetween":{"description":"The score lies between the two, or is one of them.","type":"array","minItems":2,"maxItems":2,"items":{"type":"number"}},"novel":{"description":"Some column has a category that the reference never had; with `column`, that one.","const":true},"column":{"description":"The column that the condition looks at.","type":"string","minLength":1},"above":{"description":"Its number is greater.","type":"number"},"below":{"description":"Its number is smaller.","type":"number"}}},"rule":{"title":"RuleSection","description":"When a measure of some columns is news. At most one of atLeast, above, below; most measures have a default.","type":"object","additionalProperties":false,"required":["alert"],"properties":{"alert":{"title":"Name","description":"Letters a to z or A to Z, digits and underscores, with a letter first, as in FeatureDrift.","type":"string","pattern":"^[A-Za-z][A-Za-z0-9_]*$"},"off":{"description":"Removes the rule that `extends` brought.","const":true},"measure":{"description":"What is measured.","type":"string","minLength":1},"columns":{"description":"Columns to judge; * stands for any part of a name, a leading ! takes away, from all where nothing is named before. Of measures that compare groups: columns of segmentBy. Default: all that the measure can judge.","type":"array","minItems":1,"items":{"type":"string","minLength":1}},"by":{"description":"What is judged apart: `version`, and segment columns. Default: [version]; volume and freshness: [].","type":"array","uniqueItems":true,"items":{"type":"string","minLength":1}},"atLeast":{"description":"The smallest effect that matters. The alert needs significance besides, at a level that the budget gives.","type":"number","minimum":0},"against":{"description":"What windows are held against. `reference`: all of it. `season`: the same hour of its other weeks, for columns that follow the hour; the window is an hour, or a whole part of one, judged as often as it is long, and the reference is built with this rule file. `previous`: the window right before, for columns that wander. `{ version: v7 }`: the same window of that version, which tells what a version does from what the world does. All but the first need atLeast, and a measure of the distribution or of missing values; against a version calibration-gap, too. Default: reference.","type":["string","object"],"minLength":1,"additionalProperties":false,"required":["version"],"properties":{"version":{"description":"The version that all others are held against.","type":"string","minLength":1}}},"compare":{"title":"CompareSection","description":"Holds a version against another over the same windows and, once their labels are there, the same cohorts: one alert of what windows show for each version and each segment of `by`, with all that differs as its evidence, and one of what labels show, where the version is worse by them. `for` and keepFiringFor are of windows. Takes the place of measure, against and the limits.","type":"object","additionalProperties":false,"required":["against"],"properties":{"version":{"description":"The version that is asked about. Default: every other one.","type":"string","minLength":1},"against":{"description":"The version that it is held against.","type":"string","minLength":1},"measures":{"description":"What is asked: measures of the distribution or of missing values, for every column of `columns`, and calibration-gap of labels. Default: psi, missing and calibration-gap, each with its own limit.","type":"array","minItems":1,"uniqueItems":true,"items":{"type":"string","minLength":1}}}},"above":{"description":"A plain limit, outside the budget: fires above it.","$ref":"#/$defs/limit"},"below":{"description":"A plain limit, outside the budget: fires below it.","$ref":"#/$defs/limit"},"for":{"description":"Fires once the condition has held this long, in event time. Default: 0s.","$ref":"#/$defs/duration"},"keepFiringFor":{"description":"Resolves once the condition has been gone this long. Default: 10m.","$ref":"#/$defs/duration"},"severity":{"title":"Severity","description":"A lower-case word for the label `severity`, such as info, ticket or page. Default: ticket.","type":"string","pattern":"^[a-z][a-z0-9_-]*$"},"action":{"description":"What is to be done: a name under publish.webhook or publish.topic of driftd.yaml, where the alert goes besides. Nothing is done where the budget promises nothing (trust none).","type":"string","minLength":1},"alertLabels":{"description":"More labels on the alert.","type":"object","additionalProperties":{"type":"string"}},"annotations":{"description":"Texts that go with the alert.","type":"object","additionalProperties":{"type":"string"}},"window":{"description":"Another window than the model's.","type":"object","additionalProperties":false,"properties":{"size":{"description":"Length of a window. Default: the model's.","$ref":"#/$defs/duration"},"every":{"description":"Judged this often; a multiple of the pane. Default: every pane.","$ref":"#/$defs/duration"}}}}}}};
