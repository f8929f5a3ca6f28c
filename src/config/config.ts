/** driftd.yaml, read, completed with defaults and checked: plain frozen data. Durations are milliseconds. */
export interface Config {
  /** The directory of driftd.yaml; every relative path below has been resolved against it. */
  readonly directory: string;
  readonly kafka?: KafkaConfig;
  /** By name, in the order of the file. */
  readonly streams: Readonly<Record<string, StreamConfig>>;
  /** Globs of rule files, absolute. */
  readonly rules: readonly string[];
  readonly state: StateConfig;
  readonly privacy: PrivacyConfig;
  readonly quarantine?: QuarantineConfig;
  readonly publish: PublishConfig;
  /** Those that are written by the clock; absent: none. */
  readonly reports?: readonly ReportConfig[];
  readonly http: HttpConfig;
  readonly metrics: { readonly segments: "firing" | "all" | "none"; readonly maxLines: number };
  /** Shared by all models; a model that has a budget of its own is a fault then. */
  readonly budget?: { readonly falseAlarms: number; readonly per: number };
}

export interface PrivacyConfig {
  readonly keyFile?: string;
  /** A category that fewer rows of the reference have is shown as `other`. */
  readonly floor: number;
}

/** Where goes what could not be counted: exactly one of topic and file. */
export interface QuarantineConfig {
  readonly topic?: string;
  readonly file?: string;
  /** The most records of one stream in a minute. */
  readonly perMinute: number;
  /** Of the file, with its older half; bytes. */
  readonly max: number;
}

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Holds the bearer token of whoever sends events. */
  readonly tokenFile?: string;
  /** Of one request, unpacked; bytes. */
  readonly maxBodyBytes: number;
}

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly group: string;
  readonly clientId: string;
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  readonly sasl?: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly passwordFile: string;
  };
  readonly sessionTimeout: number;
  /** A fetched record larger than this is counted as oversize and not decoded; bytes. */
  readonly maxRecordBytes: number;
}

type StreamRole = "inference" | "inputs" | "outputs" | "labels";

/** Where a stream's records come from: exactly one of topic, file and http; or http and a topic, which it is written to and read from. */
export interface StreamConfig {
  readonly name: string;
  readonly role: StreamRole;
  /** The stream whose predictions these labels (or inputs, outputs) belong to. */
  readonly of?: string;
  readonly topic?: string;
  readonly file?: string;
  readonly http?: true;
  readonly format: StreamFormat;
  /** Columns of a tensor: of the only one that a body has, or by tensor. */
  readonly names?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** Whose CloudEvents are read, where CloudEvents may come. */
  readonly component?: "predictor" | "transformer" | "explainer";
  /** The most that a request and its response may be apart in event time, ms; of `inputs`, and of what holds both. */
  readonly joinWithin?: number;
  /** A file with a JSON Schema of its records. */
  readonly schema?: string;
  /** What the file says; the format's own places for all else are event/field-map.ts's. */
  readonly map: FieldMap;
  /** Where a first start without state begins; a number is an epoch time in milliseconds. */
  readonly from: "earliest" | "latest" | "committed" | number;
  /** An event this far ahead of its record's timestamp is dropped as `future`. */
  readonly maxAhead: number;
  /** What of its dropped records goes to the quarantine: their coordinates and reasons, or their bytes too. */
  readonly quarantine?: "reasons" | "raw";
  /** A partition that is consumed to its end and silent for this long no longer holds the watermark. */
  readonly idleAfter: number;
}

/**
 * `native` is schemas/inference-event.json; `json` is any JSON through `map`; csv, parquet and arrow are files; `auto` is told by
 * each record; the others are what model servers send.
 */
export type StreamFormat = "native" | "json" | "csv" | "parquet" | "arrow" | ServerFormat;

/** What model servers and their loggers send: requests and responses, each of one or more rows. */
export type ServerFormat = "kserve" | "oip-v2" | "mlserver" | "auto";

/** Where a field of the event is found in a record. */
export type FieldSource = (
  | { readonly pointer: string }
  | { readonly header: string }
  | { readonly key: true }
  | { readonly value: string }
) & {
  /** Ids only: how the 64-bit number that it is is written. */
  readonly as?: "hex" | "decimal";
};

export type MappedField =
  | "id"
  | "time"
  | "model"
  | "version"
  | "segment"
  | "features"
  | "score"
  | "decision"
  | "probabilities"
  | "value"
  | "truth";

export type FieldMap = Readonly<Partial<Record<MappedField, FieldSource>>>;

export interface StateConfig {
  readonly store: "lmdb" | "redis" | "memory";
  readonly path: string;
  /** The most that open and retained panes may take; bytes. */
  readonly max: number;
  /** Present where the store is Redis. */
  readonly redis?: RedisConfig;
}

export interface RedisConfig {
  /** Without credentials. */
  readonly url: string;
  readonly username?: string;
  /** From the environment; else a file may hold it. */
  readonly password?: string;
  readonly passwordFile?: string;
  /** Begins the names of all keys. */
  readonly prefix: string;
  /** The most entries of one index. */
  readonly maxPredictions: number;
}

export interface ReviewSinkConfig {
  readonly topic?: string;
  readonly file?: string;
  readonly url?: string;
}

export interface PublishConfig {
  readonly alertmanager?: {
    readonly urls: readonly string[];
    /** A firing alert is sent again this often. */
    readonly resend: number;
    readonly timeout: number;
  };
  /** Where events go that rules pick for review, by the rules' name for it: each of exactly one kind. */
  readonly review?: Readonly<Record<string, ReviewSinkConfig>>;
  /** Where alerts go besides, by the name that rules give as their action; no name stands in both. */
  readonly webhook?: Readonly<Record<string, WebhookConfig>>;
  readonly topic?: Readonly<Record<string, TopicConfig>>;
  /** Present where Prometheus raises the alerts, by the rules in this file. */
  readonly prometheus?: {
    readonly rulesFile: string;
    /** The label of driftd's targets. */
    readonly job: string;
    /** Address of a page with a heading for each alert of driftd's own health. */
    readonly runbooks?: string;
  };
  /** Alerts whose pane ended longer ago than this are recorded but never pushed. */
  readonly maxAge: number;
}

/** A report that goes to exactly one of directory, webhook and topic. */
export interface ReportConfig {
  readonly name: string;
  /** Five fields of cron, UTC. */
  readonly schedule: string;
  /** Whether it comes no more than once a day, so that a date tells its files apart. */
  readonly isOnceADay: boolean;
  /** The period that it tells of, ms of event time. */
  readonly last: number;
  readonly directory?: string;
  /** A name under publish.webhook, or publish.topic. */
  readonly webhook?: string;
  readonly topic?: string;
}

export interface WebhookConfig {
  readonly url: string;
  /** Holds the secrets that requests are signed under, a line each. */
  readonly secretFile?: string;
  /** Holds the bearer token. */
  readonly tokenFile?: string;
  /** Holds the certificates that are trusted in place of the system's. */
  readonly caFile?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly alerts: TakenAlerts;
}

export interface TopicConfig {
  readonly topic: string;
  readonly alerts: TakenAlerts;
}

/** Those whose rule names the sink as its action, or all. */
type TakenAlerts = "actions" | "all";
