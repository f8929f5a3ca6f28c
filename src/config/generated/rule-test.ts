// Generated from schemas/rule-test.json by scripts/generate.mjs.

/**
 * Scenarios for a rule file: X.test.yaml stands beside X.yaml and is run by `driftd test`. A list of scenarios, or a map with `scenarios` and a `reference` of its own. Relative paths start at the directory of this file.
 */
export type RuleTest =
  | {
      reference?: TestReferenceSection;
      /**
       * What happens, and what is expected to be said of it.
       *
       * @minItems 1
       */
      scenarios: ScenarioSection[];
    }
  | ScenarioSection[];
/**
 * A number and ms, s, m, h or d, such as 90s or 1h.
 */
type Duration = string;
/**
 * Rows per time such as 60000/1h, or 2x for twice the reference's. Default: the reference's own, by the hour.
 */
type Rate = string;
/**
 * Time such as 2026-01-05T00:00:00Z, at which it begins. Default: that Monday.
 */
type Time = string;
/**
 * A number in the column's own unit, or such as 0.3sd for standard deviations.
 */
type Shift = number | string;
/**
 * A number, or too-few. Of rules with atLeast it is the effect, and chance is ruled out.
 */
type Score = number | string;

export interface TestReferenceSection {
  /**
   * A reference that `driftd reference build` wrote.
   */
  file?: string;
  /**
   * By column: how its values lie. Outputs are prediction.score, prediction.decision, prediction.value.
   */
  columns?: {
    [k: string]: TestColumnSection;
  };
  /**
   * Rows that it is made of. Default: 200000.
   */
  rows?: number;
  /**
   * Days that they are spread over. Default: 28.
   */
  days?: number;
  labels?: TestLabelsSection;
}
export interface TestColumnSection {
  /**
   * Mean and standard deviation.
   *
   * @minItems 2
   * @maxItems 2
   */
  normal?: number[];
  /**
   * Mean and standard deviation of the logarithm.
   *
   * @minItems 2
   * @maxItems 2
   */
  lognormal?: number[];
  /**
   * Least and greatest value.
   *
   * @minItems 2
   * @maxItems 2
   */
  uniform?: number[];
  /**
   * The two parameters of a beta distribution: [2, 8] is a score of 0.2 on average.
   *
   * @minItems 2
   * @maxItems 2
   */
  beta?: number[];
  /**
   * The mean.
   */
  exponential?: number;
  /**
   * The mean of a count.
   */
  poisson?: number;
  /**
   * The one value.
   */
  constant?: number;
  /**
   * Share of each category; they are scaled to add up to 1.
   */
  categories?: {
    [k: string]: number;
  };
  /**
   * Share of true.
   */
  boolean?: number;
  /**
   * Of prediction.decision: true where prediction.score is at least this.
   */
  threshold?: number;
  /**
   * Share of missing values. Default: 0.
   */
  nulls?: number;
}
interface TestLabelsSection {
  delay?: Duration;
  /**
   * Share of the predictions that get one. Default: 1.
   */
  coverage?: number;
  error?: TestColumnSection;
  /**
   * Of a model that decides between many classes and says nothing of how sure it is: how often it is right. Default: 0.8.
   */
  accuracy?: number;
}
/**
 * What happens, and what is expected to be said of it.
 */
export interface ScenarioSection {
  /**
   * What it shows, in a sentence.
   */
  name: string;
  synthetic?: SyntheticSection;
  replay?: ReplaySection;
  steps?: StepsSection;
  /**
   * Runs of a synthetic scenario, each with the next seed. Default: 1.
   */
  repeat?: number;
  /**
   * So many of the runs must go as expected. Default: all.
   */
  atLeast?: number;
  /**
   * What must be said, or must not; and what must be picked for review, or must not.
   *
   * @minItems 1
   */
  expect: (ReviewExpectationSection | ExpectationSection)[];
}
export interface SyntheticSection {
  rate?: Rate;
  lasts: Duration;
  /**
   * Only these columns are drawn; the others are empty. Default: all.
   *
   * @minItems 1
   */
  columns?: string[];
  start?: Time;
  /**
   * Another seed is another run of chance. Default: 1.
   */
  seed?: number;
  /**
   * The model version that all rows are of. Default: v1.
   */
  version?: string;
  /**
   * What is otherwise, and for how long.
   *
   * @minItems 1
   */
  changes?: ChangeSection[];
}
/**
 * When, whom, and exactly one thing that changes.
 */
export interface ChangeSection {
  at: Duration;
  until?: Duration;
  /**
   * The column that changes.
   */
  column?: string;
  /**
   * The segment's value of each column that it is told by.
   */
  segment?: {
    [k: string]: string;
  };
  /**
   * Only rows of this version.
   */
  version?: string;
  shift?: Shift;
  /**
   * Values are multiplied by this.
   */
  scale?: number;
  /**
   * Share of the rows that lose their value.
   */
  nulls?: number;
  /**
   * Share of the rows whose value cannot be read; without `column`, of rows that cannot be measured at all.
   */
  invalid?: number;
  /**
   * Share of the rows that have a category which the reference has never seen.
   */
  newCategory?: number;
  /**
   * New shares of known categories; the others keep their proportions.
   */
  shares?: {
    [k: string]: number;
  };
  field?: FieldSection;
  /**
   * Two columns that are sent in each other's place.
   *
   * @minItems 2
   * @maxItems 2
   */
  swap?: string[];
  /**
   * Rows are multiplied by this.
   */
  traffic?: number;
  /**
   * Nothing comes at all.
   */
  silence?: true;
  rollout?: RolloutSection;
  /**
   * Share of the truths that are the other one.
   */
  labelFlip?: number;
  miscalibrate?: MiscalibrationSection;
  error?: ErrorChangeSection;
  /**
   * Share of the labels that never come.
   */
  labelsMissing?: number;
}
/**
 * A field of the records, and what becomes of it. One that the reference does not know is new.
 */
interface FieldSection {
  /**
   * As the reference calls it: the column's name, or a JSON pointer.
   */
  name: string;
  /**
   * absent, null, or the type and format of what stands there.
   */
  becomes?:
    | "absent"
    | "null"
    | "boolean"
    | "integer"
    | "number"
    | "object"
    | "array"
    | "date-time"
    | "date"
    | "uuid"
    | "email"
    | "uri"
    | "numeric"
    | "hex"
    | "text";
  /**
   * A text that it never had, of a field of few values.
   */
  value?: string;
  /**
   * Share of the records in which it is so. Default: all.
   */
  share?: number;
}
interface RolloutSection {
  /**
   * The new version.
   */
  version: string;
  /**
   * Of all rows.
   */
  share: number;
}
interface MiscalibrationSection {
  /**
   * Default: 1.
   */
  slope?: number;
  /**
   * Default: 0.
   */
  offset?: number;
}
interface ErrorChangeSection {
  /**
   * Default: 1.
   */
  scale?: number;
  /**
   * In the unit of the answer. Default: 0.
   */
  shift?: number;
}
interface ReplaySection {
  /**
   * The recorded file, where driftd.yaml has one stream only.
   */
  source?: string;
  /**
   * By stream of driftd.yaml: its recorded file.
   */
  sources?: {
    [k: string]: string;
  };
}
export interface StepsSection {
  /**
   * The rule.
   */
  alert: string;
  /**
   * The column that its alerts are of.
   */
  column?: string;
  lasts: Duration;
  /**
   * Each holds until the next one.
   *
   * @minItems 1
   */
  scores: StepSection[];
}
interface StepSection {
  at: Duration;
  score: Score;
}
/**
 * What a rule picks for people to look at. At least one of picked and share, or never.
 */
export interface ReviewExpectationSection {
  /**
   * Name of the rule that picks.
   */
  review: string;
  after?: Duration;
  picked?: EventBoundsSection;
  share?: ShareBoundsSection;
  /**
   * Nothing is picked in the whole scenario.
   */
  never?: true;
}
/**
 * A number of events; both bounds are in.
 */
interface EventBoundsSection {
  /**
   * Not fewer.
   */
  atLeast?: number;
  /**
   * Not more.
   */
  atMost?: number;
}
/**
 * A share of rows; both bounds are in.
 */
interface ShareBoundsSection {
  /**
   * Not less.
   */
  atLeast?: number;
  /**
   * Not more.
   */
  atMost?: number;
}
/**
 * Exactly one of firing, resolved and never, or firing and resolved.
 */
export interface ExpectationSection {
  /**
   * Name of the rule; `*` is any.
   */
  alert: string;
  /**
   * Only alerts of this column.
   */
  column?: string;
  /**
   * The segment's value of each column that it is told by.
   */
  segment?: {
    [k: string]: string;
  };
  /**
   * Only alerts of this version.
   */
  version?: string;
  after?: Duration;
  firing?: FiringSection;
  resolved?: ResolvedSection;
  /**
   * It does not fire at all.
   */
  never?: true;
  /**
   * Alerts that are not meant.
   *
   * @minItems 1
   */
  except?: ExceptionSection[];
}
interface FiringSection {
  within?: Duration;
  notBefore?: Duration;
}
interface ResolvedSection {
  within?: Duration;
}
interface ExceptionSection {
  /**
   * Name of the rule; `*` is any.
   */
  alert: string;
  /**
   * Only alerts of this column.
   */
  column?: string;
  /**
   * The segment's value of each column that it is told by.
   */
  segment?: {
    [k: string]: string;
  };
  /**
   * Only alerts of this version.
   */
  version?: string;
}

export const ruleTestSchema: object = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:driftd:schemas:rule-test","title":"RuleTest","description":"Scenarios for a rule file: X.test.yaml stands beside X.yaml and is run by `driftd test`. A list of scenarios, or a map with `scenarios` and a `reference` of its own. Relative paths start at the directory of this file.","type":["object","array"],"items":{"$ref":"#/$defs/scenario"},"additionalProperties":false,"required":["scenarios"],"properties":{"reference":{"description":"What the rules are held against here, in place of the rule file's own reference: a built file, or how the columns lie.","$ref":"#/$defs/reference"},"scenarios":{"description":"What happens, and what is expected to be said of it.","type":"array","minItems":1,"items":{"$ref":"#/$defs/scenario"}}},"$defs":{"duration":{"title":"Duration","description":"A number and ms, s, m, h or d, such as 90s or 1h.","type":"string","pattern":"^\\d+(\\.\\d+)?(ms|s|m|h|d)$"},"reference":{"title":"TestReferenceSection","type":"object","additionalProperties":false,"properties":{"file":{"description":"A reference that `driftd reference build` wrote.","type":"string","minLength":1},"columns":{"description":"By column: how its values lie. Outputs are prediction.score, prediction.decision, prediction.value.","type":"object","minProperties":1,"additionalProperties":{"$ref":"#/$defs/column"}},"rows":{"description":"Rows that it is made of. Default: 200000.","type":"integer","minimum":1000,"maximum":5000000},"days":{"description":"Days that they are spread over. Default: 28.","type":"integer","minimum":1,"maximum":400},"labels":{"description":"Present: the truth of its predictions is known, and is as the score says.","$ref":"#/$defs/labels"}}},"labels":{"title":"TestLabelsSection","type":"object","additionalProperties":false,"properties":{"delay":{"description":"99% of the labels come within. Default: 1d.","$ref":"#/$defs/duration"},"coverage":{"description":"Share of the predictions that get one. Default: 1.","type":"number","minimum":0,"maximum":1},"error":{"description":"Of a model that answers with a number: how the answer less the truth lies. Default: { normal: [0, 1] }.","$ref":"#/$defs/column"},"accuracy":{"description":"Of a model that decides between many classes and says nothing of how sure it is: how often it is right. Default: 0.8.","type":"number","minimum":0,"maximum":1}}},"column":{"title":"TestColumnSection","type":"object","additionalProperties":false,"minProperties":1,"properties":{"normal":{"description":"Mean and standard deviation.","type":"array","items":{"type":"number"},"minItems":2,"maxItems":2},"lognormal":{"description":"Mean and standard deviation of the logarithm.","type":"array","items":{"type":"number"},"minItems":2,"maxItems":2},"uniform":{"description":"Least and greatest value.","type":"array","items":{"type":"number"},"minItems":2,"maxItems":2},"beta":{"description":"The two parameters of a beta distribution: [2, 8] is a score of 0.2 on average.","type":"array","items":{"type":"number"},"minItems":2,"maxItems":2},"exponential":{"description":"The mean.","type":"number","exclusiveMinimum":0},"poisson":{"description":"The mean of a count.","type":"number","exclusiveMinimum":0},"constant":{"description":"The one value.","type":"number"},"categories":{"description":"Share of each category; they are scaled to add up to 1.","type":"object","minProperties":1,"additionalProperties":{"type":"number","minimum":0}},"boolean":{"description":"Share of true.","type":"number","minimum":0,"maximum":1},"threshold":{"description":"Of prediction.decision: true where prediction.score is at least this.","type":"number","minimum":0,"maximum":1},"nulls":{"description":"Share of missing values. Default: 0.","type":"number","minimum":0,"maximum":1}}},"scenario":{"title":"ScenarioSection","description":"What happens, and what is expected to be said of it.","type":"object","additionalProperties":false,"required":["name","expect"],"properties":{"name":{"description":"What it shows, in a sentence.","type":"string","minLength":1},"synthetic":{"description":"Counts drawn from the reference, pane by pane, with changes.","$ref":"#/$defs/synthetic"},"replay":{"description":"Recorded files, through the streams of driftd.yaml.","$ref":"#/$defs/replay"},"steps":{"description":"Scores of one rule, said one by one: what `for` and `keepFiringFor` make of them.","$ref":"#/$defs/steps"},"repeat":{"description":"Runs of a synthetic scenario, each with the next seed. Default: 1.","type":"integer","minimum":1,"maximum":1000},"atLeast":{"description":"So many of the runs must go as expected. Default: all.","type":"integer","minimum":1},"expect":{"description":"What must be said, or must not; and what must be picked for review, or must not.","type":"array","minItems":1,"items":{"description":"An expectation that says `review`, or else one that says `alert`.","if":{"type":"object","anyOf":[{"required":["review"]},{"required":["picked"],"not":{"required":["alert"]}},{"required":["share"],"not":{"required":["alert"]}}]},"then":{"$ref":"#/$defs/reviewExpectation"},"else":{"$ref":"#/$defs/expectation"}}}}},"synthetic":{"title":"SyntheticSection","type":"object","additionalProperties":false,"required":["lasts"],"properties":{"rate":{"title":"Rate","description":"Rows per time such as 60000/1h, or 2x for twice the reference's. Default: the reference's own, by the hour.","type":"string","pattern":"^(\\d+(\\.\\d+)?/\\d+(\\.\\d+)?(ms|s|m|h|d)|\\d+(\\.\\d+)?x)$"},"lasts":{"description":"Length of the scenario.","$ref":"#/$defs/duration"},"columns":{"description":"Only these columns are drawn; the others are empty. Default: all.","type":"array","minItems":1,"uniqueItems":true,"items":{"type":"string","minLength":1}},"start":{"title":"Time","description":"Time such as 2026-01-05T00:00:00Z, at which it begins. Default: that Monday.","type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d)?Z)?$"},"seed":{"description":"Another seed is another run of chance. Default: 1.","type":"integer","minimum":0,"maximum":4294967295},"version":{"description":"The model version that all rows are of. Default: v1.","type":"string","minLength":1},"changes":{"description":"What is otherwise, and for how long.","type":"array","minItems":1,"items":{"$ref":"#/$defs/change"}}}},"change":{"title":"ChangeSection","description":"When, whom, and exactly one thing that changes.","type":"object","additionalProperties":false,"required":["at"],"properties":{"at":{"description":"When it begins, from the start of the scenario.","$ref":"#/$defs/duration"},"until":{"description":"When it ends, from the start of the scenario. Default: never.","$ref":"#/$defs/duration"},"column":{"description":"The column that changes.","type":"string","minLength":1},"segment":{"description":"The segment's value of each column that it is told by.","type":"object","minProperties":1,"additionalProperties":{"type":"string"}},"version":{"description":"Only rows of this version.","type":"string","minLength":1},"shift":{"title":"Shift","description":"A number in the column's own unit, or such as 0.3sd for standard deviations.","type":["number","string"],"pattern":"^-?\\d+(\\.\\d+)?sd$"},"scale":{"description":"Values are multiplied by this.","type":"number"},"nulls":{"description":"Share of the rows that lose their value.","type":"number","minimum":0,"maximum":1},"invalid":{"description":"Share of the rows whose value cannot be read; without `column`, of rows that cannot be measured at all.","type":"number","minimum":0,"maximum":1},"newCategory":{"description":"Share of the rows that have a category which the reference has never seen.","type":"number","minimum":0,"maximum":1},"shares":{"description":"New shares of known categories; the others keep their proportions.","type":"object","minProperties":1,"additionalProperties":{"type":"number","minimum":0,"maximum":1}},"field":{"description":"One field of the records, for rules of schema-drift: what it becomes, or a value that it never had.","$ref":"#/$defs/fieldChange"},"swap":{"description":"Two columns that are sent in each other's place.","type":"array","minItems":2,"maxItems":2,"uniqueItems":true,"items":{"type":"string","minLength":1}},"traffic":{"description":"Rows are multiplied by this.","type":"number","minimum":0},"silence":{"description":"Nothing comes at all.","const":true},"rollout":{"description":"Share of the rows that another version answers.","$ref":"#/$defs/rollout"},"labelFlip":{"description":"Share of the truths that are the other one.","type":"number","minimum":0,"maximum":1},"miscalibrate":{"description":"The log-odds of the truth, at every score, times slope plus offset.","$ref":"#/$defs/miscalibration"},"error":{"description":"The errors of a model that answers with a number, times scale plus shift.","$ref":"#/$defs/errorChange"},"labelsMissing":{"description":"Share of the labels that never come.","type":"number","minimum":0,"maximum":1}}},"fieldChange":{"title":"FieldSection","description":"A field of the records, and what becomes of it. One that the reference does not know is new.","type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"description":"As the reference calls it: the column's name, or a JSON pointer.","type":"string","minLength":1},"becomes":{"description":"absent, null, or the type and format of what stands there.","enum":["absent","null","boolean","integer","number","object","array","date-time","date","uuid","email","uri","numeric","hex","text"]},"value":{"description":"A text that it never had, of a field of few values.","type":"string"},"share":{"description":"Share of the records in which it is so. Default: all.","type":"number","exclusiveMinimum":0,"maximum":1}}},"rollout":{"title":"RolloutSection","type":"object","additionalProperties":false,"required":["version","share"],"properties":{"version":{"description":"The new version.","type":"string","minLength":1},"share":{"description":"Of all rows.","type":"number","minimum":0,"maximum":1}}},"miscalibration":{"title":"MiscalibrationSection","type":"object","additionalProperties":false,"minProperties":1,"properties":{"slope":{"description":"Default: 1.","type":"number"},"offset":{"description":"Default: 0.","type":"number"}}},"errorChange":{"title":"ErrorChangeSection","type":"object","additionalProperties":false,"minProperties":1,"properties":{"scale":{"description":"Default: 1.","type":"number"},"shift":{"description":"In the unit of the answer. Default: 0.","type":"number"}}},"steps":{"title":"StepsSection","type":"object","additionalProperties":false,"required":["alert","lasts","scores"],"properties":{"alert":{"description":"The rule.","type":"string","minLength":1},"column":{"description":"The column that its alerts are of.","type":"string","minLength":1},"lasts":{"description":"Length of the scenario.","$ref":"#/$defs/duration"},"scores":{"description":"Each holds until the next one.","type":"array","minItems":1,"items":{"$ref":"#/$defs/step"}}}},"step":{"title":"StepSection","type":"object","additionalProperties":false,"required":["at","score"],"properties":{"at":{"description":"From the start of the scenario.","$ref":"#/$defs/duration"},"score":{"title":"Score","description":"A number, or too-few. Of rules with atLeast it is the effect, and chance is ruled out.","type":["number","string"],"pattern":"^too-few$"}}},"replay":{"title":"ReplaySection","type":"object","additionalProperties":false,"minProperties":1,"properties":{"source":{"description":"The recorded file, where driftd.yaml has one stream only.","type":"string","minLength":1},"sources":{"description":"By stream of driftd.yaml: its recorded file.","type":"object","minProperties":1,"additionalProperties":{"type":"string","minLength":1}}}},"expectation":{"title":"ExpectationSection","description":"Exactly one of firing, resolved and never, or firing and resolved.","type":"object","additionalProperties":false,"required":["alert"],"properties":{"alert":{"description":"Name of the rule; `*` is any.","type":"string","minLength":1},"column":{"description":"Only alerts of this column.","type":"string","minLength":1},"segment":{"description":"The segment's value of each column that it is told by.","type":"object","minProperties":1,"additionalProperties":{"type":"string"}},"version":{"description":"Only alerts of this version.","type":"string","minLength":1},"after":{"description":"What times count from, itself from the start of the scenario. Default: the first change.","$ref":"#/$defs/duration"},"firing":{"description":"It fires, and not before the change.","$ref":"#/$defs/firing"},"resolved":{"description":"It resolves, counted from the end of the last change that ends.","$ref":"#/$defs/resolved"},"never":{"description":"It does not fire at all.","const":true},"except":{"description":"Alerts that are not meant.","type":"array","minItems":1,"items":{"$ref":"#/$defs/exception"}}}},"reviewExpectation":{"title":"ReviewExpectationSection","description":"What a rule picks for people to look at. At least one of picked and share, or never.","type":"object","additionalProperties":false,"required":["review"],"properties":{"review":{"description":"Name of the rule that picks.","type":"string","minLength":1},"after":{"description":"Nothing before this is looked at, from the start of the scenario. Default: the first change.","$ref":"#/$defs/duration"},"picked":{"description":"How many events are picked of every span of the rule's atMost that lies behind that.","$ref":"#/$defs/eventBounds"},"share":{"description":"Which share of all rows behind that meets the rule's conditions, whether picked or not.","$ref":"#/$defs/shareBounds"},"never":{"description":"Nothing is picked in the whole scenario.","const":true}}},"eventBounds":{"title":"EventBoundsSection","description":"A number of events; both bounds are in.","type":"object","additionalProperties":false,"minProperties":1,"properties":{"atLeast":{"description":"Not fewer.","type":"integer","minimum":0},"atMost":{"description":"Not more.","type":"integer","minimum":0}}},"shareBounds":{"title":"ShareBoundsSection","description":"A share of rows; both bounds are in.","type":"object","additionalProperties":false,"minProperties":1,"properties":{"atLeast":{"description":"Not less.","type":"number","minimum":0,"maximum":1},"atMost":{"description":"Not more.","type":"number","minimum":0,"maximum":1}}},"exception":{"title":"ExceptionSection","type":"object","additionalProperties":false,"required":["alert"],"properties":{"alert":{"description":"Name of the rule; `*` is any.","type":"string","minLength":1},"column":{"description":"Only alerts of this column.","type":"string","minLength":1},"segment":{"description":"The segment's value of each column that it is told by.","type":"object","minProperties":1,"additionalProperties":{"type":"string"}},"version":{"description":"Only alerts of this version.","type":"string","minLength":1}}},"firing":{"title":"FiringSection","type":"object","additionalProperties":false,"properties":{"within":{"description":"At the latest so long after the change.","$ref":"#/$defs/duration"},"notBefore":{"description":"At the earliest so long after the change.","$ref":"#/$defs/duration"}}},"resolved":{"title":"ResolvedSection","type":"object","additionalProperties":false,"properties":{"within":{"description":"At the latest so long after the end of the change.","$ref":"#/$defs/duration"}}}}};
