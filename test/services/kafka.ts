import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { findKafkaProgram, kafkaProgramMissing, type KafkaProgram } from "./kafka-program.ts";
import { freePort, startProcess, waitFor, type ServiceProcess } from "./process.ts";
import { shareService } from "./shared.ts";

/** Why no Kafka can be started here; undefined where one can. */
export const kafkaOwnMissing: string | undefined = kafkaProgramMissing();

/** Why there is no Kafka for tests here, neither at an address nor to be started; undefined where there is. */
export const kafkaMissing: string | undefined =
  process.env["DRIFTD_TEST_KAFKA"] !== undefined ? undefined : kafkaOwnMissing;

/** Who may use the guarded addresses (SASL PLAIN without TLS). */
export interface KafkaLogin {
  readonly username: string;
  readonly password: string;
}

export interface KafkaCluster {
  /** Addresses, host:port. */
  readonly brokers: readonly string[];
  /** The same brokers where they ask for a login. */
  readonly guarded: readonly string[];
  /** Stops the broker, or all of them; their data stays. */
  halt(broker?: number): Promise<void>;
  /** Kills the broker, or all of them, as a power cut would. */
  crash(broker?: number): Promise<void>;
  /** Stops the brokers where they stand: their connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Starts what was halted again, on the same ports and data, and waits until it answers. */
  resume(): Promise<void>;
  /** Stops all and deletes their data. */
  stop(): Promise<void>;
}

/** A client that keeps quiet. */
export function kafkaClient(brokers: readonly string[]): Kafka {
  return new Kafka({
    clientId: "driftd-test",
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries: 8 },
  });
}

/**
 * The broker that all test files of a run share, started by the first that asks and stopped at the end of the run. Use
 * topics and groups with names of your own (`uniqueName`), and never stop it.
 */
export async function sharedKafka(): Promise<readonly string[]> {
  const address = process.env["DRIFTD_TEST_KAFKA"];
  if (address !== undefined) return address.split(",");
  const shared = await shareService("kafka", async (directory) => {
    const cluster = await startBrokers(directory, 1);
    return { pids: cluster.pids(), address: cluster.brokers.join(",") };
  });
  return shared.split(",");
}

/** A cluster of one's own, to be halted and resumed; about 5 s for one broker. */
export async function startKafka(
  options: { brokers?: 1 | 2 | 3; login?: KafkaLogin } = {},
): Promise<KafkaCluster> {
  const directory = mkdtempSync(join(tmpdir(), "driftd-kafka-"));
  const cluster = await startBrokers(directory, options.brokers ?? 1, options.login);
  return {
    brokers: cluster.brokers,
    guarded: cluster.guarded,
    halt: cluster.halt,
    crash: cluster.crash,
    freeze: cluster.freeze,
    thaw: cluster.thaw,
    resume: cluster.resume,
    async stop() {
      cluster.thaw();
      await cluster.halt();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Brokers extends Omit<KafkaCluster, "stop"> {
  pids(): number[];
}

async function startBrokers(directory: string, count: number, login?: KafkaLogin): Promise<Brokers> {
  const program = findKafkaProgram();
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const guardedPorts = await Promise.all(Array.from({ length: count }, freePort));
  const controllers = await planControllers(count);
  const clusterId = randomUuid();
  const running = new Map<number, ServiceProcess>();
  const brokers = ports.map((port) => `127.0.0.1:${port}`);
  for (const [index, port] of ports.entries()) {
    const node = { id: index + 1, port, controllers, directory, count };
    const guard = login === undefined ? {} : loginProperties(node, guardedPorts[index] ?? 0, login);
    writeFileSync(propertiesFile(node), propertiesText({ ...serverProperties(node), ...guard }));
    format(program, node, clusterId);
  }

  async function resume(): Promise<void> {
    for (const index of ports.keys()) {
      if (running.has(index)) continue;
      const { command, args } = program("kafka.Kafka", [propertiesFile({ directory, id: index + 1 })]);
      running.set(index, startProcess(command, args, join(directory, `kafka-${index + 1}.log`)));
    }
    const first = running.get(0);
    if (first !== undefined) await waitFor("Kafka", first, () => checkBrokers(brokers));
  }

  async function end(broker: number | undefined, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const which = broker === undefined ? [...running.keys()] : [broker];
    await Promise.all(which.map((index) => running.get(index)?.stop(signal)));
    for (const index of which) running.delete(index);
  }

  const halt = (broker?: number): Promise<void> => end(broker, "SIGTERM");
  const crash = (broker?: number): Promise<void> => end(broker, "SIGKILL");

  function send(signal: NodeJS.Signals): void {
    for (const { pid } of running.values()) process.kill(pid, signal);
  }

  await resume();
  const guarded = guardedPorts.map((port) => `127.0.0.1:${port}`);
  const freeze = (): void => send("SIGSTOP");
  const thaw = (): void => send("SIGCONT");
  return {
    brokers,
    guarded,
    halt,
    crash,
    freeze,
    thaw,
    resume,
    pids: () => [...running.values()].map(({ pid }) => pid),
  };
}

/** One of those that elect leaders; the first nodes are. */
interface Controller {
  readonly port: number;
  /** Of its directory. */
  readonly uuid: string;
}

/** Three of them go on while any one is gone; of two neither could. */
function planControllers(brokers: number): Promise<Controller[]> {
  const length = brokers === 3 ? 3 : 1;
  return Promise.all(Array.from({ length }, async () => ({ port: await freePort(), uuid: randomUuid() })));
}

interface Node {
  readonly id: number;
  readonly port: number;
  readonly controllers: readonly Controller[];
  readonly directory: string;
  /** Brokers of the cluster. */
  readonly count: number;
}

function propertiesFile({ directory, id }: Pick<Node, "directory" | "id">): string {
  return join(directory, `server-${id}.properties`);
}

/** Nothing waits, and topics must be created. */
function serverProperties({ id, port, controllers, directory, count }: Node): Record<string, string> {
  const own = controllers[id - 1];
  const controller = own === undefined ? "" : `,CONTROLLER://127.0.0.1:${own.port}`;
  const replicas = String(Math.min(count, 3));
  return {
    "process.roles": own === undefined ? "broker" : "broker,controller",
    "node.id": String(id),
    listeners: `PLAINTEXT://127.0.0.1:${port}${controller}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "controller.quorum.bootstrap.servers": controllers.map((each) => `127.0.0.1:${each.port}`).join(),
    "log.dirs": join(directory, `data-${id}`),
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": replicas,
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
  };
}

/** A second listener of a broker, for those who can log in. */
function loginProperties(node: Node, port: number, login: KafkaLogin): Record<string, string> {
  const { listeners, "advertised.listeners": advertised } = serverProperties(node);
  const address = `SASL_PLAINTEXT://127.0.0.1:${port}`;
  const plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
  return {
    listeners: `${listeners},${address}`,
    "advertised.listeners": `${advertised},${address}`,
    "listener.security.protocol.map":
      "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": `${plain} user_${login.username}="${login.password}";`,
  };
}

function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

function format(program: KafkaProgram, node: Node, clusterId: string): void {
  const voters = node.controllers.map(({ port, uuid }, index) => `${index + 1}@127.0.0.1:${port}:${uuid}`);
  const voter =
    node.id <= voters.length ? ["--initial-controllers", voters.join()] : ["--no-initial-controllers"];
  const config = ["-t", clusterId, "-c", propertiesFile(node)];
  const { command, args } = program("kafka.tools.StorageTool", ["format", ...voter, ...config]);
  execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** As Kafka writes them: 16 bytes as base64url, not beginning with a dash. */
function randomUuid(): string {
  const uuid = randomBytes(16).toString("base64url");
  return uuid.startsWith("-") ? randomUuid() : uuid;
}

/** Each answers by itself: of one that was killed the others say for seconds that it is there. */
async function checkBrokers(brokers: readonly string[]): Promise<void> {
  for (const broker of brokers) {
    const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    const admin = client.admin();
    try {
      await admin.connect();
      const cluster = await admin.describeCluster();
      if (cluster.brokers.length < brokers.length)
        throw new Error(`${cluster.brokers.length} brokers are up`);
    } finally {
      await admin.disconnect();
    }
  }
}

export function uniqueName(name: string): string {
  return `${name}-${randomBytes(4).toString("hex")}`;
}

/** Writes lines with Kafka's own producer, which knows every codec. Null where its program is not at hand. */
export async function produceLines(options: {
  brokers: readonly string[];
  topic: string;
  codec: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  lines: readonly string[];
}): Promise<void> {
  const { command, args } = findKafkaProgram()("org.apache.kafka.tools.ConsoleProducer", [
    "--bootstrap-server",
    options.brokers.join(","),
    "--topic",
    options.topic,
    "--compression-codec",
    options.codec,
  ]);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`console producer: exit ${code}`)),
    );
    child.stdin.end(`${options.lines.join("\n")}\n`);
  });
}
