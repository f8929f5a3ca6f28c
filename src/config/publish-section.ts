import type { PublishConfig, WebhookConfig } from "./config.ts";
import { isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile, WebhookSection } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { HOUR, milliseconds, MINUTE } from "./quantity.ts";
import { checkTopic } from "./written-topic.ts";

type PublishSection = NonNullable<DriftdFile["publish"]>;

/** Whether topics can be written, webhooks can be called, and no secret stands in the file. */
export function checkPublish(document: Document, sound: (path: Path) => boolean): readonly Fault[] {
  // Read as it may be: only sections that the schema finds sound are looked at below.
  const file = document.data as Partial<DriftdFile>;
  if (!isMapData(file.publish) || !sound(["publish"])) return [];
  const streams = isMapData(file.streams) ? Object.entries(file.streams) : [];
  const whole = { file, sections: streams.filter(([name]) => sound(["streams", name])) };
  const { review = {}, topic = {}, webhook = {} } = file.publish;
  const topics = [
    ...Object.entries(review).map(([name, sink]) => ({ kind: "review", name, topic: sink.topic })),
    ...Object.entries(topic).map(([name, sink]) => ({ kind: "topic", name, topic: sink.topic })),
  ];
  const faults = [
    ...topics.flatMap(({ kind, name, topic: written }) =>
      written === undefined ? [] : checkTopic(written, ["publish", kind, name, "topic"], whole),
    ),
    ...Object.entries(webhook).flatMap(([name, section]) => checkWebhook(name, section)),
    ...Object.keys(topic).flatMap((name) => checkName(name, webhook)),
  ];
  return faults.map((fault) => faultAt(document, fault));
}

/** A rule's action names one sink. */
function checkName(name: string, webhook: NonNullable<PublishSection["webhook"]>): FaultAt[] {
  if (webhook[name] === undefined) return [];
  const message = "is the name of a webhook too, and an action names one of them; choose another name";
  return [{ path: ["publish", "topic", name], which: "key", code: "DUPLICATE", message }];
}

function checkWebhook(name: string, { url, caFile, headers = {} }: WebhookSection): FaultAt[] {
  const path = ["publish", "webhook", name];
  return [
    ...checkAddress(url, [...path, "url"]),
    ...(caFile === undefined || url.startsWith("https:")
      ? []
      : [certificatesForNothing([...path, "caFile"])]),
    ...Object.keys(headers).flatMap((header) => checkHeader(header, [...path, "headers", header])),
  ];
}

function checkAddress(url: string, path: Path): FaultAt[] {
  if (!URL.canParse(url)) {
    const message = "is no address; write https://, a host, and a path";
    return [{ path, code: "WRONG_VALUE", message }];
  }
  const { username, password } = new URL(url);
  if (username === "" && password === "") return [];
  const message = "credentials do not stand in an address; write tokenFile: and the path of a file";
  return [{ path, which: "key", code: "SECRET", message }];
}

function certificatesForNothing(path: Path): FaultAt {
  const message = "is for an address that begins with https://; change url, or remove caFile";
  return { path, which: "key", code: "CONFLICT", message };
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SECRET_HEADER = /^(authorization|proxy-authorization|cookie)$|token|secret|api-?key/i;
/** What driftd, or HTTP itself, writes. */
const OWN_HEADER =
  /^(host|connection|transfer-encoding|content-(type|length)|idempotency-key|user-agent|webhook-.*)$/i;

function checkHeader(name: string, path: Path): FaultAt[] {
  const place = { path, which: "key" } as const;
  if (!HEADER_NAME.test(name)) {
    const message = "is no name of a header; write letters, digits and -";
    return [{ ...place, code: "WRONG_VALUE", message }];
  }
  if (OWN_HEADER.test(name)) {
    const message = "is a header that driftd writes itself; remove it";
    return [{ ...place, code: "CONFLICT", message }];
  }
  if (!SECRET_HEADER.test(name)) return [];
  const message = "a secret does not stand in this file; write tokenFile:, which is shown as Authorization";
  return [{ ...place, code: "SECRET", message }];
}

/** A section that has been checked, with its defaults. */
export function completePublish(
  { publish = {} }: Pick<DriftdFile, "publish">,
  resolve: (path: string) => string,
): PublishConfig {
  const { alertmanager, review, webhook, topic, prometheus } = publish;
  return {
    ...(alertmanager && {
      alertmanager: {
        urls: alertmanager.urls.map((url) => url.replace(/\/+$/, "")),
        resend: milliseconds(alertmanager.resend, MINUTE),
        timeout: milliseconds(alertmanager.timeout, 10_000),
      },
    }),
    ...(review && {
      review: mapValues(review, (sink) => (sink.file === undefined ? sink : { file: resolve(sink.file) })),
    }),
    ...(webhook && { webhook: mapValues(webhook, (section) => completeWebhook(section, resolve)) }),
    ...(topic && {
      topic: mapValues(topic, (section) => ({ topic: section.topic, alerts: section.alerts ?? "actions" })),
    }),
    ...(prometheus && {
      prometheus: {
        rulesFile: resolve(prometheus.rulesFile),
        job: prometheus.job ?? "driftd",
        ...(prometheus.runbooks !== undefined && { runbooks: prometheus.runbooks }),
      },
    }),
    maxAge: milliseconds(publish.maxAge, HOUR),
  };
}

function completeWebhook(
  { url, secretFile, tokenFile, caFile, headers, timeout, alerts }: WebhookSection,
  resolve: (path: string) => string,
): WebhookConfig {
  return {
    url,
    ...(secretFile !== undefined && { secretFile: resolve(secretFile) }),
    ...(tokenFile !== undefined && { tokenFile: resolve(tokenFile) }),
    ...(caFile !== undefined && { caFile: resolve(caFile) }),
    headers: headers ?? {},
    timeout: milliseconds(timeout, 10_000),
    alerts: alerts ?? "actions",
  };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
