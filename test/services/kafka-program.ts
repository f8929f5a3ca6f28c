import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./service.ts";

const KAFKA_VERSION = "4.1.0";

/** How to run one of Kafka's Java classes. */
export type KafkaProgram = (main: string, args: readonly string[]) => { command: string; args: string[] };

/** Outside the checkout, so that a fresh clone need not fetch 45 MB again. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "driftd-tests");
const JARS = join(CACHE, `kafka-${KAFKA_VERSION}`);

/** Small and quick to start; a test broker has little to do. */
const JAVA_OPTIONS = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

const IMAGE = `apache/kafka:${KAFKA_VERSION}`;

/** Why no broker can be started here; undefined where one can. */
export function kafkaProgramMissing(): string | undefined {
  if (findProgram(...SCRIPTS) !== undefined || canUseJars() || dockerHas("info")) return undefined;
  return "there is no Kafka: set DRIFTD_TEST_KAFKA, or install Kafka, Docker, or Java 17 with Maven";
}

/**
 * Kafka's own scripts where they are on the PATH; else its image, if Docker has it; else its official jars from Maven,
 * fetched once; else the image, fetched by Docker.
 */
export function findKafkaProgram(): KafkaProgram {
  const script = findProgram(...SCRIPTS);
  if (script !== undefined) return (main, args) => ({ command: script, args: [main, ...args] });
  if (!canUseJars() || dockerHas("image", "inspect", IMAGE)) return runInDocker;
  if (!existsSync(JARS)) fetchJars();
  return (main, args) => ({
    command: "java",
    args: [...JAVA_OPTIONS, "-cp", join(JARS, "*"), main, ...args],
  });
}

const SCRIPTS = ["kafka-run-class.sh", "kafka-run-class"] as const;

function canUseJars(): boolean {
  return findProgram("java") !== undefined && (existsSync(JARS) || findProgram("mvn") !== undefined);
}

/** On the host's network and as its user, so that ports and files are the same inside as outside. */
function runInDocker(main: string, args: readonly string[]): { command: string; args: string[] } {
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const run = ["run", "--rm", "-i", "--network", "host", "--user", user, "-v", `${tmpdir()}:${tmpdir()}`];
  const java = ["--entrypoint", "java", IMAGE, ...JAVA_OPTIONS, "-cp", "/opt/kafka/libs/*", main];
  return { command: "docker", args: [...run, ...java, ...args] };
}

function dockerHas(...question: readonly string[]): boolean {
  if (findProgram("docker") === undefined) return false;
  return spawnSync("docker", question, { stdio: "ignore", timeout: 5000 }).status === 0;
}

/** Into a directory of its own first, so that whoever finds JARS finds all of them. */
function fetchJars(): void {
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(CACHE, "fetch-"));
  try {
    writeFileSync(join(directory, "pom.xml"), POM);
    const goal = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars"];
    execFileSync("mvn", goal, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    if (!existsSync(JARS)) renameSync(join(directory, "jars"), JARS);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The broker, and the tools for their console producer (without Connect, which they draw in). */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>driftd</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version>
      <exclusions>
        <exclusion><groupId>org.apache.kafka</groupId><artifactId>connect-runtime</artifactId></exclusion>
        <exclusion><groupId>org.apache.kafka</groupId><artifactId>connect-json</artifactId></exclusion>
      </exclusions>
    </dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
