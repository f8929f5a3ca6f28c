// Generated from schemas/driftd.json by scripts/generate.mjs.

/**
 * One or more host:port, separated by commas, as in kafka:9092.
 */
type Broker = string;
/**
 * A number and one of the units ms, s, m, h, d, as in 10m.
 */
type Duration = string;
/**
 * A number of bytes, or a number and one of the units KiB, MiB, GiB, as in 512MiB.
 */
type Size = number | string;
/**
 * Names of a tensor's columns: a list for the tensor that a request has, or an object of lists by tensor. Default: the tensor's name, with -0, -1, ... where it has several columns.
 *
 * @minItems 1
 */
type TensorNames =
  | string[]
  | {
      /**
       * @minItems 1
       */
      [k: string]: string[];
    };
/**
 * A JSON Pointer such as /txn, or one of { pointer: /txn }, { header: NAME }, { key: true }, { value: TEXT }.
 */
export type FieldSource =
  | string
  | {
      /**
       * A JSON Pointer, where more is to be said of it.
       */
      pointer?: string;
      /**
       * Ids only: how a 64-bit number is written, so that one side may write it in hex and the other in decimal.
       */
      as?: "hex" | "decimal";
      /**
       * A Kafka header.
       */
      header?: string;
      /**
       * The Kafka record's key.
       */
      key?: true;
      /**
       * The same for every record.
       */
      value?: string;
    };
/**
 * Where a first start without state begins: earliest, latest, committed (the group's committed offsets, else the end), or a time such as 2026-01-31T00:00:00Z. Default: committed; files: earliest.
 */
type Start = string;
/**
 * redis://HOST:PORT/DATABASE, with USER@ before the host where it asks for one; rediss:// for TLS. Redis 6 or later, with appendonly yes and maxmemory-policy noeviction. A password comes from passwordFile or, percent-encoded, from the environment.
 */
type RedisAddress = string;
/**
 * Begins the names of all keys in Redis: the members of a fleet have it in common, and no other fleet has it. Default: the consumer group.
 */
type Prefix = string;
/**
 * An address that begins with http:// or https://.
 */
type WebAddress = string;
/**
 * Address of docs/ALERTS.md where your people can open it: rules about driftd's own health have `runbook_url`, which leads to the heading of the alert there. Default: `runbook`, with the path in driftd's repository.
 */
type Page = string;
/**
 * A name of letters, digits, - and _, with which its files begin.
 */
type Name = string;

/**
 * driftd.yaml: where data comes from and where alerts go. ${NAME} in a value is replaced by the environment variable NAME. Relative paths start at the directory of this file.
 */
export interface DriftdFile {
  /**
   * Number of this file format.
   */
  version: 1;
  kafka?: KafkaSection;
  /**
   * The streams of records, by name.
   */
  streams: {
    [k: string]: StreamSection;
  };
  /**
   * Globs of rule files: * stands for any part of a name, ** for any folders. Files that end in .test.yaml are left out.
   *
   * @minItems 1
   */
  rules: string[];
  /**
   * False alarms that all models together may raise. A rule file then has no budget of its own.
   */
  budget?: {
    /**
     * Expected number of false alarms in the period, at most.
     */
    falseAlarms: number;
    per: Duration;
  };
  /**
   * What is remembered over restarts. Default: lmdb in ./state.
   */
  state?: {
    /**
     * lmdb: files in `path`, one member per consumer group. redis: shared by all members of a fleet. memory: nothing survives a restart.
     */
    store: "lmdb" | "redis" | "memory";
    /**
     * Directory of the lmdb store.
     */
    path?: string;
    url?: RedisAddress;
    /**
     * File that holds the password of Redis.
     */
    passwordFile?: string;
    prefix?: Prefix;
    /**
     * The most predictions of one model and partition that Redis keeps for their labels, and as many requests for their responses; then the oldest expire. 41 B each. Default: 5000000.
     */
    maxPredictions?: number;
    max?: Size;
  };
  /**
   * How personal data are kept out of driftd.
   */
  privacy?: {
    /**
     * File with the secret key (at least 16 bytes) under which ids and pii columns are hashed.
     */
    keyFile?: string;
    /**
     * A category that fewer rows of the reference have is shown as `other`. Default: 20.
     */
    floor?: number;
  };
  quarantine?: QuarantineSection;
  /**
   * Where alerts go.
   */
  publish?: {
    /**
     * Push alerts to Alertmanager's v2 API.
     */
    alertmanager?: {
      /**
       * Base addresses; every one of them gets every alert.
       *
       * @minItems 1
       */
      urls: WebAddress[];
      resend?: Duration;
      timeout?: Duration;
    };
    /**
     * Where events go that rules pick for review, by the name that they call it: exactly one of topic, file and url.
     */
    review?: {
      [k: string]: ReviewSinkSection;
    };
    /**
     * Addresses that alerts are posted to, by the name that a rule's `action` calls them.
     */
    webhook?: {
      [k: string]: WebhookSection;
    };
    /**
     * Kafka topics that alerts are written to, by the name that a rule's `action` calls them.
     */
    topic?: {
      [k: string]: TopicSection;
    };
    /**
     * Prometheus raises the alerts, by rules that `driftd rules prometheus` writes.
     */
    prometheus?: {
      /**
       * The file that `driftd rules prometheus` has written. `driftd check` says when it is out of date.
       */
      rulesFile: string;
      /**
       * The label job that Prometheus gives to driftd's targets. Default: driftd.
       */
      job?: string;
      runbooks?: Page;
    };
    maxAge?: Duration;
  };
  /**
   * Reports that are written by the clock: what became of every model in a period, as Markdown and JSON.
   */
  reports?: ReportSection[];
  /**
   * The HTTP server of /metrics, /healthz, /readyz, the API, and the streams that come over HTTP.
   */
  http?: {
    /**
     * Address to listen on. Default: 0.0.0.0.
     */
    host?: string;
    /**
     * Port to listen on; 0 takes a free one. Default: 9464.
     */
    port?: number;
    /**
     * File with the bearer token that whoever sends events must show. Without it, everyone may send.
     */
    tokenFile?: string;
    maxBodyBytes?: Size;
  };
  /**
   * What /metrics shows.
   */
  metrics?: {
    /**
     * Which of the segments that rules judge apart get lines of their own. firing: those with a pending or firing alert. Default: firing.
     */
    segments?: "firing" | "all" | "none";
    /**
     * Lines beyond this are dropped and counted. Default: 20000.
     */
    maxLines?: number;
  };
}
/**
 * The Kafka cluster. Needed as soon as a stream has a topic.
 */
export interface KafkaSection {
  /**
   * Bootstrap brokers, as host:port. One entry may hold several, separated by commas.
   *
   * @minItems 1
   */
  brokers: Broker[];
  /**
   * Consumer group.
   */
  group: string;
  /**
   * Name that brokers see. Default: driftd.
   */
  clientId?: string;
  /**
   * Encrypt the connection. {} trusts the system's certificates.
   */
  tls?: {
    /**
     * Certificates to trust, PEM.
     */
    caFile?: string;
    /**
     * Client certificate, PEM.
     */
    certFile?: string;
    /**
     * Key of the client certificate, PEM.
     */
    keyFile?: string;
  };
  /**
   * How to log in.
   */
  sasl?: {
    /**
     * SASL mechanism.
     */
    mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    /**
     * User.
     */
    username: string;
    /**
     * File that holds the password.
     */
    passwordFile: string;
  };
  sessionTimeout?: Duration;
  maxRecordBytes?: Size;
}
/**
 * One stream: exactly one of topic, file and http, or topic and http together.
 */
export interface StreamSection {
  /**
   * inference: what the model was asked and what it answered. inputs, outputs: the two halves of that, in streams of their own, joined by id. labels: the truth that arrives later.
   */
  role: "inference" | "inputs" | "outputs" | "labels";
  /**
   * Labels: the inference (or inputs) stream that they belong to. Outputs: the inputs stream that they answer.
   */
  of?: string;
  /**
   * Kafka topic.
   */
  topic?: string;
  /**
   * A file instead of a topic: .jsonl or .csv (both also .gz), .parquet or .arrow.
   */
  file?: string;
  /**
   * Events come to driftd's own HTTP server. Beside a topic: they are written to it, keyed by id, and read from there.
   */
  http?: true;
  /**
   * native: schemas/inference-event.json. json: any JSON through `map`. kserve: the CloudEvents of KServe's logger. oip-v2: requests and responses of the Open Inference Protocol, JSON or protobuf. mlserver: the topics of MLServer's Kafka server. auto: told by each record. Default: json where there is a map, else native; a file's ending decides the others.
   */
  format?: "native" | "json" | "csv" | "parquet" | "arrow" | "kserve" | "oip-v2" | "mlserver" | "auto";
  names?: TensorNames;
  /**
   * KServe only: whose events are read; all others are ignored. Default: predictor.
   */
  component?: "predictor" | "transformer" | "explainer";
  /**
   * How requests meet their responses.
   */
  join?: {
    within?: Duration;
  };
  map?: MapSection;
  /**
   * A file with a JSON Schema (2020-12) of the records: where sampled ones break it is counted by field and keyword, and told by rules on schema-drift. `driftd reference schema` writes one.
   */
  schema?: string;
  from?: Start;
  maxAhead?: Duration;
  /**
   * What of this stream goes to the quarantine, if not what the quarantine itself says.
   */
  quarantine?: {
    /**
     * Nothing of it.
     */
    off?: true;
    /**
     * Whether its bytes go there too.
     */
    raw?: boolean;
  };
  idleAfter?: Duration;
}
/**
 * Where each field of an event stands in a record. Fields left out keep the format's own place; json needs time and model, or for labels id and truth.
 */
interface MapSection {
  id?: FieldSource;
  time?: FieldSource;
  model?: FieldSource;
  version?: FieldSource;
  segment?: FieldSource;
  features?: FieldSource;
  score?: FieldSource;
  decision?: FieldSource;
  probabilities?: FieldSource;
  value?: FieldSource;
  truth?: FieldSource;
}
/**
 * Where records and rows go that could not be counted, each with its place and the reason: a topic or a file.
 */
export interface QuarantineSection {
  /**
   * Kafka topic, none that a stream reads.
   */
  topic?: string;
  /**
   * File of JSON lines. Its older half is FILE.1.
   */
  file?: string;
  /**
   * Adds the record's bytes, key and headers as they came. Refused where a model of the stream has pii columns or ids. Default: false.
   */
  raw?: boolean;
  /**
   * The most records of one stream and minute; further ones are counted and left out. Default: 1000.
   */
  perMinute?: number;
  max?: Size;
}
/**
 * A topic, a file of JSON lines, or an address that events are posted to.
 */
interface ReviewSinkSection {
  /**
   * Kafka topic, none that a stream reads.
   */
  topic?: string;
  /**
   * File of JSON lines.
   */
  file?: string;
  url?: WebAddress;
}
/**
 * An address that takes alerts, one a request, as schemas/alert.json has them.
 */
export interface WebhookSection {
  url: WebAddress;
  /**
   * File with the secret that requests are signed under, as Standard Webhooks has it; a line each where there are several. Read anew for every request.
   */
  secretFile?: string;
  /**
   * File with the bearer token to show. Read anew for every request.
   */
  tokenFile?: string;
  /**
   * Certificates to trust, PEM, in place of the system's.
   */
  caFile?: string;
  /**
   * More headers; none that hold a secret.
   */
  headers?: {
    [k: string]: string;
  };
  timeout?: Duration;
  /**
   * actions: those whose rule names it as its action. all: every one. Default: actions.
   */
  alerts?: "actions" | "all";
}
/**
 * A Kafka topic that takes alerts, keyed by their id, as schemas/alert.json has them.
 */
interface TopicSection {
  /**
   * Kafka topic, none that a stream reads.
   */
  topic: string;
  /**
   * actions: those whose rule names it as its action. all: every one. Default: actions.
   */
  alerts?: "actions" | "all";
}
/**
 * A report that is written by the clock. It goes to exactly one place: file, webhook or topic.
 */
export interface ReportSection {
  name: Name;
  /**
   * When it is written: minute, hour, day of month, month and day of week, in UTC, as cron has them.
   */
  schedule: string;
  last: Duration;
  /**
   * A directory, in which every report is a file of its own: NAME-DATE.md, and NAME-DATE.json beside it.
   */
  file?: string;
  /**
   * A name under publish.webhook.
   */
  webhook?: string;
  /**
   * A name under publish.topic.
   */
  topic?: string;
}

export const driftdSchema: object = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:driftd:schemas:driftd","title":"DriftdFile","description":"driftd.yaml: where data comes from and where alerts go. ${NAME} in a value is replaced by the environment variable NAME. Relative paths start at the directory of this file.","type":"object","additionalProperties":false,"required":["version","streams","rules"],"properties":{"version":{"description":"Number of this file format.","const":1},"kafka":{"$ref":"#/$defs/kafka"},"streams":{"description":"The streams of records, by name.","type":"object","minProperties":1,"additionalProperties":{"$ref":"#/$defs/stream"}},"rules":{"description":"Globs of rule files: * stands for any part of a name, ** for any folders. Files that end in .test.yaml are left out.","type":"array","minItems":1,"items":{"type":"string","minLength":1}},"budget":{"description":"False alarms that all models together may raise. A rule file then has no budget of its own.","type":"object","additionalProperties":false,"required":["falseAlarms","per"],"properties":{"falseAlarms":{"description":"Expected number of false alarms in the period, at most.","type":"number","exclusiveMinimum":0},"per":{"description":"The period.","$ref":"#/$defs/duration"}}},"state":{"description":"What is remembered over restarts. Default: lmdb in ./state.","type":"object","additionalProperties":false,"required":["store"],"properties":{"store":{"description":"lmdb: files in `path`, one member per consumer group. redis: shared by all members of a fleet. memory: nothing survives a restart.","enum":["lmdb","redis","memory"]},"path":{"description":"Directory of the lmdb store.","type":"string","minLength":1},"url":{"title":"Redis address","description":"redis://HOST:PORT/DATABASE, with USER@ before the host where it asks for one; rediss:// for TLS. Redis 6 or later, with appendonly yes and maxmemory-policy noeviction. A password comes from passwordFile or, percent-encoded, from the environment.","type":"string","pattern":"^rediss?://[^\\s/?#]+(/[0-9]*)?$"},"passwordFile":{"description":"File that holds the password of Redis.","type":"string","minLength":1},"prefix":{"description":"Begins the names of all keys in Redis: the members of a fleet have it in common, and no other fleet has it. Default: the consumer group.","type":"string","pattern":"^[^{}\\s]+$","title":"Prefix"},"maxPredictions":{"description":"The most predictions of one model and partition that Redis keeps for their labels, and as many requests for their responses; then the oldest expire. 41 B each. Default: 5000000.","type":"integer","minimum":1},"max":{"description":"The most that panes may take. A configuration that needs more is refused. Default: 2GiB.","$ref":"#/$defs/size"}}},"privacy":{"description":"How personal data are kept out of driftd.","type":"object","additionalProperties":false,"properties":{"keyFile":{"description":"File with the secret key (at least 16 bytes) under which ids and pii columns are hashed.","type":"string","minLength":1},"floor":{"description":"A category that fewer rows of the reference have is shown as `other`. Default: 20.","type":"integer","minimum":1}}},"quarantine":{"$ref":"#/$defs/quarantine"},"publish":{"description":"Where alerts go.","type":"object","additionalProperties":false,"properties":{"alertmanager":{"description":"Push alerts to Alertmanager's v2 API.","type":"object","additionalProperties":false,"required":["urls"],"properties":{"urls":{"description":"Base addresses; every one of them gets every alert.","type":"array","minItems":1,"items":{"$ref":"#/$defs/url"}},"resend":{"description":"A firing alert is sent again this often. Default: 1m.","$ref":"#/$defs/duration"},"timeout":{"description":"How long one request may take. Default: 10s.","$ref":"#/$defs/duration"}}},"review":{"description":"Where events go that rules pick for review, by the name that they call it: exactly one of topic, file and url.","type":"object","additionalProperties":{"$ref":"#/$defs/reviewSink"}},"webhook":{"description":"Addresses that alerts are posted to, by the name that a rule's `action` calls them.","type":"object","additionalProperties":{"$ref":"#/$defs/webhookSink"}},"topic":{"description":"Kafka topics that alerts are written to, by the name that a rule's `action` calls them.","type":"object","additionalProperties":{"$ref":"#/$defs/topicSink"}},"prometheus":{"description":"Prometheus raises the alerts, by rules that `driftd rules prometheus` writes.","type":"object","additionalProperties":false,"required":["rulesFile"],"properties":{"rulesFile":{"description":"The file that `driftd rules prometheus` has written. `driftd check` says when it is out of date.","type":"string","minLength":1},"job":{"description":"The label job that Prometheus gives to driftd's targets. Default: driftd.","type":"string","minLength":1},"runbooks":{"title":"Page","description":"Address of docs/ALERTS.md where your people can open it: rules about driftd's own health have `runbook_url`, which leads to the heading of the alert there. Default: `runbook`, with the path in driftd's repository.","type":"string","pattern":"^https?://[^\\s{}#]+$"}}},"maxAge":{"description":"Alerts on data older than this are recorded but not pushed: history never pages. Default: 1h.","$ref":"#/$defs/duration"}}},"reports":{"description":"Reports that are written by the clock: what became of every model in a period, as Markdown and JSON.","type":"array","items":{"$ref":"#/$defs/report"}},"http":{"description":"The HTTP server of /metrics, /healthz, /readyz, the API, and the streams that come over HTTP.","type":"object","additionalProperties":false,"properties":{"host":{"description":"Address to listen on. Default: 0.0.0.0.","type":"string","minLength":1},"port":{"description":"Port to listen on; 0 takes a free one. Default: 9464.","type":"integer","minimum":0,"maximum":65535},"tokenFile":{"description":"File with the bearer token that whoever sends events must show. Without it, everyone may send.","type":"string","minLength":1},"maxBodyBytes":{"description":"Larger request bodies are refused with 413. Default: 16MiB.","$ref":"#/$defs/size"}}},"metrics":{"description":"What /metrics shows.","type":"object","additionalProperties":false,"properties":{"segments":{"description":"Which of the segments that rules judge apart get lines of their own. firing: those with a pending or firing alert. Default: firing.","enum":["firing","all","none"]},"maxLines":{"description":"Lines beyond this are dropped and counted. Default: 20000.","type":"integer","minimum":100}}}},"$defs":{"duration":{"title":"Duration","description":"A number and one of the units ms, s, m, h, d, as in 10m.","type":"string","pattern":"^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"},"size":{"title":"Size","description":"A number of bytes, or a number and one of the units KiB, MiB, GiB, as in 512MiB.","type":["integer","string"],"minimum":1,"pattern":"^[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB)$"},"url":{"title":"Web address","description":"An address that begins with http:// or https://.","type":"string","pattern":"^https?://[^\\s/]+"},"reviewSink":{"title":"ReviewSinkSection","description":"A topic, a file of JSON lines, or an address that events are posted to.","type":"object","additionalProperties":false,"minProperties":1,"maxProperties":1,"properties":{"topic":{"description":"Kafka topic, none that a stream reads.","type":"string","minLength":1},"file":{"description":"File of JSON lines.","type":"string","minLength":1},"url":{"description":"Address of a webhook.","$ref":"#/$defs/url"}}},"webhookSink":{"title":"WebhookSection","description":"An address that takes alerts, one a request, as schemas/alert.json has them.","type":"object","additionalProperties":false,"required":["url"],"properties":{"url":{"description":"Where to post. Redirects are not followed.","$ref":"#/$defs/url"},"secretFile":{"description":"File with the secret that requests are signed under, as Standard Webhooks has it; a line each where there are several. Read anew for every request.","type":"string","minLength":1},"tokenFile":{"description":"File with the bearer token to show. Read anew for every request.","type":"string","minLength":1},"caFile":{"description":"Certificates to trust, PEM, in place of the system's.","type":"string","minLength":1},"headers":{"description":"More headers; none that hold a secret.","type":"object","additionalProperties":{"type":"string","pattern":"^[ -~\\t]*$"}},"timeout":{"description":"How long one request may take. Default: 10s.","$ref":"#/$defs/duration"},"alerts":{"description":"actions: those whose rule names it as its action. all: every one. Default: actions.","enum":["actions","all"]}}},"topicSink":{"title":"TopicSection","description":"A Kafka topic that takes alerts, keyed by their id, as schemas/alert.json has them.","type":"object","additionalProperties":false,"required":["topic"],"properties":{"topic":{"description":"Kafka topic, none that a stream reads.","type":"string","minLength":1},"alerts":{"description":"actions: those whose rule names it as its action. all: every one. Default: actions.","enum":["actions","all"]}}},"report":{"title":"ReportSection","description":"A report that is written by the clock. It goes to exactly one place: file, webhook or topic.","type":"object","additionalProperties":false,"required":["name","schedule","last"],"properties":{"name":{"title":"Name","description":"A name of letters, digits, - and _, with which its files begin.","type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_-]*$"},"schedule":{"description":"When it is written: minute, hour, day of month, month and day of week, in UTC, as cron has them.","type":"string","minLength":1},"last":{"description":"The period that it tells of, in event time, up to the newest window that has closed.","$ref":"#/$defs/duration"},"file":{"description":"A directory, in which every report is a file of its own: NAME-DATE.md, and NAME-DATE.json beside it.","type":"string","minLength":1},"webhook":{"description":"A name under publish.webhook.","type":"string","minLength":1},"topic":{"description":"A name under publish.topic.","type":"string","minLength":1}}},"quarantine":{"title":"QuarantineSection","description":"Where records and rows go that could not be counted, each with its place and the reason: a topic or a file.","type":"object","additionalProperties":false,"properties":{"topic":{"description":"Kafka topic, none that a stream reads.","type":"string","minLength":1},"file":{"description":"File of JSON lines. Its older half is FILE.1.","type":"string","minLength":1},"raw":{"description":"Adds the record's bytes, key and headers as they came. Refused where a model of the stream has pii columns or ids. Default: false.","type":"boolean"},"perMinute":{"description":"The most records of one stream and minute; further ones are counted and left out. Default: 1000.","type":"integer","minimum":1},"max":{"description":"The most that the file and its older half may take; the older half is dropped then. Default: 100MiB.","$ref":"#/$defs/size"}}},"kafka":{"title":"KafkaSection","description":"The Kafka cluster. Needed as soon as a stream has a topic.","type":"object","additionalProperties":false,"required":["brokers","group"],"properties":{"brokers":{"description":"Bootstrap brokers, as host:port. One entry may hold several, separated by commas.","type":"array","minItems":1,"items":{"$ref":"#/$defs/broker"}},"group":{"description":"Consumer group.","type":"string","minLength":1},"clientId":{"description":"Name that brokers see. Default: driftd.","type":"string","minLength":1},"tls":{"description":"Encrypt the connection. {} trusts the system's certificates.","type":"object","additionalProperties":false,"properties":{"caFile":{"description":"Certificates to trust, PEM.","type":"string","minLength":1},"certFile":{"description":"Client certificate, PEM.","type":"string","minLength":1},"keyFile":{"description":"Key of the client certificate, PEM.","type":"string","minLength":1}},"dependentRequired":{"certFile":["keyFile"],"keyFile":["certFile"]}},"sasl":{"description":"How to log in.","type":"object","additionalProperties":false,"required":["mechanism","username","passwordFile"],"properties":{"mechanism":{"description":"SASL mechanism.","enum":["plain","scram-sha-256","scram-sha-512"]},"username":{"description":"User.","type":"string","minLength":1},"passwordFile":{"description":"File that holds the password.","type":"string","minLength":1}}},"sessionTimeout":{"description":"A member that is silent for this long loses its tasks. Default: 30s.","$ref":"#/$defs/duration"},"maxRecordBytes":{"description":"Larger records are counted as oversize and not decoded. Default: 1MiB.","$ref":"#/$defs/size"}}},"broker":{"title":"Broker","description":"One or more host:port, separated by commas, as in kafka:9092.","type":"string","pattern":"^[^\\s,:/]+:[0-9]{1,5}(\\s*,\\s*[^\\s,:/]+:[0-9]{1,5})*$"},"stream":{"title":"StreamSection","description":"One stream: exactly one of topic, file and http, or topic and http together.","type":"object","additionalProperties":false,"required":["role"],"properties":{"role":{"description":"inference: what the model was asked and what it answered. inputs, outputs: the two halves of that, in streams of their own, joined by id. labels: the truth that arrives later.","enum":["inference","inputs","outputs","labels"]},"of":{"description":"Labels: the inference (or inputs) stream that they belong to. Outputs: the inputs stream that they answer.","type":"string","minLength":1},"topic":{"description":"Kafka topic.","type":"string","minLength":1},"file":{"description":"A file instead of a topic: .jsonl or .csv (both also .gz), .parquet or .arrow.","type":"string","minLength":1},"http":{"description":"Events come to driftd's own HTTP server. Beside a topic: they are written to it, keyed by id, and read from there.","const":true},"format":{"description":"native: schemas/inference-event.json. json: any JSON through `map`. kserve: the CloudEvents of KServe's logger. oip-v2: requests and responses of the Open Inference Protocol, JSON or protobuf. mlserver: the topics of MLServer's Kafka server. auto: told by each record. Default: json where there is a map, else native; a file's ending decides the others.","enum":["native","json","csv","parquet","arrow","kserve","oip-v2","mlserver","auto"]},"names":{"description":"Names of a tensor's columns: a list for the tensor that a request has, or an object of lists by tensor. Default: the tensor's name, with -0, -1, ... where it has several columns.","title":"TensorNames","type":["array","object"],"items":{"type":"string","minLength":1},"minItems":1,"additionalProperties":{"type":"array","minItems":1,"items":{"type":"string","minLength":1}}},"component":{"description":"KServe only: whose events are read; all others are ignored. Default: predictor.","enum":["predictor","transformer","explainer"]},"join":{"description":"How requests meet their responses.","type":"object","additionalProperties":false,"properties":{"within":{"description":"The most that the two may be apart in event time, at most 1d. Panes close this much later. Default: 1m.","$ref":"#/$defs/duration"}}},"map":{"$ref":"#/$defs/map"},"schema":{"description":"A file with a JSON Schema (2020-12) of the records: where sampled ones break it is counted by field and keyword, and told by rules on schema-drift. `driftd reference schema` writes one.","type":"string","minLength":1},"from":{"description":"Where a first start without state begins: earliest, latest, committed (the group's committed offsets, else the end), or a time such as 2026-01-31T00:00:00Z. Default: committed; files: earliest.","title":"Start","type":"string","pattern":"^(earliest|latest|committed|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?)$"},"maxAhead":{"description":"An event this far ahead of its record's timestamp is dropped as `future`. Default: 5m.","$ref":"#/$defs/duration"},"quarantine":{"description":"What of this stream goes to the quarantine, if not what the quarantine itself says.","type":"object","additionalProperties":false,"properties":{"off":{"description":"Nothing of it.","const":true},"raw":{"description":"Whether its bytes go there too.","type":"boolean"}}},"idleAfter":{"description":"A partition read to its end and silent for this long no longer holds the watermark. Default: 60s.","$ref":"#/$defs/duration"}}},"map":{"title":"MapSection","description":"Where each field of an event stands in a record. Fields left out keep the format's own place; json needs time and model, or for labels id and truth.","type":"object","additionalProperties":false,"properties":{"id":{"description":"Id of the event; labels are joined by it.","$ref":"#/$defs/source"},"time":{"description":"Event time: RFC 3339, or a number since the epoch.","$ref":"#/$defs/source"},"model":{"description":"Name of the model.","$ref":"#/$defs/source"},"version":{"description":"Version of the model.","$ref":"#/$defs/source"},"segment":{"description":"An object of segment columns.","$ref":"#/$defs/source"},"features":{"description":"An object of features; \"\" is the whole record.","$ref":"#/$defs/source"},"score":{"description":"The model's score, 0 to 1.","$ref":"#/$defs/source"},"decision":{"description":"The class that the model chose.","$ref":"#/$defs/source"},"probabilities":{"description":"Probabilities by class, an object or a list: prediction.confidence and prediction.entropy are taken of them.","$ref":"#/$defs/source"},"value":{"description":"The number that the model predicted.","$ref":"#/$defs/source"},"truth":{"description":"What came true.","$ref":"#/$defs/source"}}},"source":{"title":"Field source","description":"A JSON Pointer such as /txn, or one of { pointer: /txn }, { header: NAME }, { key: true }, { value: TEXT }.","type":["string","object"],"pattern":"^(/([^~]|~0|~1)*)?$","minProperties":1,"maxProperties":2,"additionalProperties":false,"properties":{"pointer":{"description":"A JSON Pointer, where more is to be said of it.","type":"string","pattern":"^(/([^~]|~0|~1)*)?$"},"as":{"description":"Ids only: how a 64-bit number is written, so that one side may write it in hex and the other in decimal.","enum":["hex","decimal"]},"header":{"description":"A Kafka header.","type":"string","minLength":1},"key":{"description":"The Kafka record's key.","const":true},"value":{"description":"The same for every record.","type":"string","minLength":1}}}}};
