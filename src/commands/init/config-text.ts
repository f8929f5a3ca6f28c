import { isAbsolute, relative } from "node:path";
import { formatOfFile } from "../../config/file-format.ts";
import { isServerFormat } from "../../config/streams-section.ts";
import type { FieldMap, FieldSource, StreamFormat } from "../../config/config.ts";
import { yamlComment, yamlText } from "./yaml-text.ts";

/** Where the events come from. */
export type Origin =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "topic"; readonly topic: string; readonly brokers: readonly string[] };

export interface ConfigParts {
  /** Of driftd.yaml, absolute. */
  readonly directory: string;
  readonly stream: string;
  readonly origin: Origin;
  readonly format: StreamFormat;
  readonly map: FieldMap;
  /** As seen from the directory; absent where the stream can have none. */
  readonly schema?: string;
  /** As seen from the directory; absent where nothing is hashed. */
  readonly keyFile?: string;
  /** Where the truth of events is, where that is known. */
  readonly labels?: LabelFile;
  /** Whether no field was taken for the event time, which a stream of JSON must name. */
  readonly isTimeless: boolean;
}

/** A file that holds the truth of predictions. */
interface LabelFile {
  readonly file: string;
  readonly format: StreamFormat;
  /** Whether it is another file than that of the predictions. */
  readonly isApart: boolean;
  readonly map: FieldMap;
}

/** The text of driftd.yaml. */
export function configText(parts: ConfigParts): string {
  const { origin, keyFile } = parts;
  const lines = [
    "# Where driftd reads from, where it keeps its counts, and whom it tells. schemas/driftd.json of driftd describes every key.",
    "version: 1",
    ...(origin.kind === "topic" ? kafkaLines(origin.brokers) : []),
    ...(origin.kind === "file" && isHalves(parts) ? [EDIT_TOPICS, ...kafkaLines(["localhost:9092"])] : []),
    "streams:",
    ...streamLines(parts),
    ...labelLines(parts),
    "rules: [rules/*.yaml]",
    "# Counts, so that a restart goes on where it was: put it on a disk that stays.",
    "state: { store: lmdb, path: ./state }",
  ];
  if (keyFile !== undefined) {
    lines.push(
      "# Columns that are `pii: true` are hashed under this key. Whoever has it can try values out: keep it out of git. A new key",
      "# means a new reference.",
      `privacy: { keyFile: ${yamlText(keyFile)} }`,
    );
  }
  lines.push(
    "# Alerts go to the log, /metrics and GET /api/alerts. To have them pushed:",
    '# publish: { alertmanager: { urls: ["http://localhost:9093"] } }',
    "http: { port: 9464 }",
  );
  return `${lines.join("\n")}\n`;
}

function kafkaLines(brokers: readonly string[]): string[] {
  return [
    "# A cluster that asks for more takes tls: { caFile: ... } and sasl: { mechanism, username, passwordFile } beside these.",
    `kafka: { brokers: [${brokers.map((broker) => JSON.stringify(broker)).join(", ")}], group: driftd }`,
  ];
}

/** The stream of an existing driftd.yaml that would have to be added, too. */
export function streamLines(parts: ConfigParts): string[] {
  if (isHalves(parts)) return halfLines(parts);
  const { directory, stream, origin, format, map, schema, isTimeless } = parts;
  const isServer = isServerFormat(format);
  return [
    `  ${yamlText(stream)}:`,
    "    role: inference",
    ...(isServer && origin.kind === "file" ? SENT_LINES : originLines(origin, directory)),
    ...(isServer || needsFormat(origin, format) ? [`    format: ${format}`] : []),
    ...(schema === undefined
      ? []
      : [
          "    # What records looked like; rules on schema-drift tell where they do not. Loosen it where more is allowed.",
          `    schema: ${yamlText(schema)}`,
        ]),
    ...mapLines(map, { isTimeless, isPlaced: format !== "json" }),
  ];
}

const EDIT_TOPICS = "# EDIT THIS: where requests and responses come from once they are no file any more.";

/** Bodies without an envelope come as a stream of requests and one of responses. */
function isHalves({ format }: ConfigParts): boolean {
  return format === "oip-v2";
}

function halfLines({ stream, origin, format, map }: ConfigParts): string[] {
  const { score, decision, value, ...common } = map;
  const answers = { ...(score && { score }), ...(decision && { decision }), ...(value && { value }) };
  const topic = origin.kind === "topic" ? origin.topic : stream;
  const half = (name: string, role: string, own: FieldMap): string[] => [
    `  ${yamlText(name)}:`,
    `    role: ${role}`,
    ...(role === "outputs" ? [`    of: ${yamlText(stream)}`] : []),
    `    topic: ${yamlText(role === "outputs" ? `${topic}-responses` : topic)}`,
    `    format: ${format}`,
    ...mapLines(own, { isTimeless: false, isPlaced: true }),
  ];
  return [
    ...half(stream, "inputs", common),
    ...half(`${stream}-responses`, "outputs", { ...common, ...answers }),
  ];
}

/** Recorded requests and responses are for learning; to be watched they are sent. */
const SENT_LINES = [
  "    # The model server's logger sends to driftd itself: docs/HTTP.md. Where records come by Kafka write `topic: NAME` in its place,",
  '    # and above: kafka: { brokers: ["localhost:9092"], group: driftd }.',
  "    http: true",
];

function originLines(origin: Origin, directory: string): string[] {
  if (origin.kind === "topic") return [`    topic: ${yamlText(origin.topic)}`];
  return [
    "    # Read once, from its beginning. Where events come by Kafka write `topic: NAME` and `format: json` in its place,",
    '    # and above: kafka: { brokers: ["localhost:9092"], group: driftd }.',
    `    file: ${yamlText(pathFrom(directory, origin.file))}`,
  ];
}

/** A file's ending tells, but for what its lines are. */
function needsFormat(origin: Origin, format: StreamFormat): boolean {
  return origin.kind === "topic" || formatOfFile(origin.file) === "lines" || format === "native";
}

/** As short as it can be: relative where the file stands below the directory, or beside it. */
function pathFrom(directory: string, file: string): string {
  const path = relative(directory, file);
  return path.startsWith("../../") || isAbsolute(path) ? file : path;
}

function mapLines(
  map: FieldMap,
  { isTimeless, isPlaced }: { isTimeless: boolean; isPlaced: boolean },
): string[] {
  const fields = Object.entries(map).filter(([, source]) => source !== undefined);
  const lines = fields.map(([field, source]) => `      ${field}: ${sourceText(source)}`);
  if (isTimeless && !isPlaced) {
    lines.unshift(
      "      # EDIT THIS: no field looked like an event time, and without one no event can be counted.",
      "      time: /time",
    );
  }
  return lines.length === 0 ? [] : ["    map:", ...lines];
}

export function sourceText(source: FieldSource): string {
  if ("pointer" in source) return source.pointer === "" ? '""' : yamlText(source.pointer);
  if ("header" in source) return `{ header: ${yamlText(source.header)} }`;
  return "key" in source ? "{ key: true }" : `{ value: ${yamlText(source.value)} }`;
}

/** Labels of a file come from there; how those of a topic come, or what nobody has shown yet, is left to be written. */
function labelLines({ directory, stream, origin, labels }: ConfigParts): string[] {
  const name = yamlText(`${stream}-labels`);
  const of = yamlText(stream);
  if (labels === undefined || origin.kind === "topic") {
    const {
      id = { pointer: "/id" },
      time = { pointer: "/time" },
      truth = { pointer: "/truth" },
    } = labels?.map ?? {};
    const map = Object.entries({ id, time, truth }).map(
      ([field, source]) => `${field}: ${sourceText(source)}`,
    );
    return [
      ...yamlComment(
        "The truth, once it is known, comes as a stream of its own, by the ids of the predictions:",
        "  ",
      ),
      `  # ${name}: { role: labels, of: ${of}, ${origin.kind === "topic" ? "topic" : "file"}: ..., format: json, map: { ${map.join(", ")} } }`,
    ];
  }
  const { file, format, isApart, map } = labels;
  return [
    isApart
      ? "  # The truth, which is joined with its predictions by their ids."
      : "  # The truth stands in the same rows here, and is joined by id.",
    `  ${name}:`,
    "    role: labels",
    `    of: ${of}`,
    `    file: ${yamlText(pathFrom(directory, file))}`,
    ...(needsFormat({ kind: "file", file }, format) ? [`    format: ${format}`] : []),
    ...mapLines(map, { isTimeless: false, isPlaced: true }),
  ];
}
