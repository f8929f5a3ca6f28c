import { statSync } from "node:fs";
import { readConfig } from "../../config/config-file.ts";
import { CodedError } from "../../config/coded-error.ts";
import type { Config } from "../../config/config.ts";
import { formatFault } from "../../config/fault.ts";
import { resolvePath } from "../../config/path.ts";
import { systemClock } from "../../runtime/clock.ts";
import { readText } from "../../runtime/files.ts";
import { createLog } from "../../runtime/log.ts";
import { inspectJournal } from "../../state/journal.ts";
import { damageOf } from "../../state/sealed.ts";
import { openStateDirectory } from "../../state/state-directory.ts";
import { readStateRows, type StateRow, type Tell } from "../../state/state-rows.ts";
import type { Run } from "../../state/run.ts";
import { groupStreams } from "../../engine/task-groups.ts";
import type { CommandIo } from "../io.ts";
import { openStore } from "../open-store.ts";
import { readStoreRows } from "./store-rows.ts";

/** Which state: the directory that was named, else what driftd.yaml names. */
export interface StatePlace {
  readonly directory: string | undefined;
  readonly configFile: string;
}

/** A state that is read from one end to the other, and not changed. */
export interface StateSource {
  readonly kind: "directory" | "shared";
  /** Where it is, for people. */
  readonly name: string;
  readonly format?: number;
  /** Rows that there are, where that is known. */
  readonly total?: number;
  rows(): Iterable<StateRow> | AsyncIterable<StateRow>;
  /** The runs whose blocks must be among the rows. */
  runs(): readonly Run[];
  /** Records that were acknowledged and are not counted yet, encrypted; absent where none are sent to those who share it. */
  readonly journal?: { readonly entries: number; readonly bytes: number };
  /** After the last row: how large it is, and how much of that is in use. */
  size(): Promise<{ readonly bytes: number; readonly bytesInUse: number }>;
  close(): Promise<void>;
}

type Io = Pick<CommandIo, "cwd" | "env" | "pid">;

/** `tell` is told what is damaged. Throws as openStateDirectory does, and USAGE where the state is kept in memory. */
export async function openSource(
  { directory, configFile }: StatePlace,
  options: { tell: Tell; withBlocks: boolean; io: Io },
): Promise<StateSource> {
  const { io } = options;
  if (directory !== undefined) return openDirectory(resolvePath(io.cwd, directory), options);
  const config = await readState(configFile, io);
  if (config.state.redis !== undefined) return openShared(config, options);
  return openDirectory(directoryOf(config, configFile), options);
}

/** The directory of an lmdb store. Throws USAGE where the configuration keeps its state elsewhere. */
export async function findDirectory({ directory, configFile }: StatePlace, io: Io): Promise<string> {
  if (directory !== undefined) return resolvePath(io.cwd, directory);
  return directoryOf(await readState(configFile, io), configFile);
}

function directoryOf({ state: { store, path } }: Config, configFile: string): string {
  if (store === "lmdb") return path;
  const elsewhere = store === "memory" ? "memory, which ends with its daemon" : store;
  throw new CodedError(
    "USAGE",
    `This is about the files of an lmdb store, and ${configFile} keeps its state in ${elsewhere}. Name a directory to look into another one.`,
  );
}

async function readState(configFile: string, io: Io): Promise<Config> {
  const file = resolvePath(io.cwd, configFile);
  const text = await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" });
  const { config, faults } = readConfig({ text, file, env: io.env });
  if (config !== undefined) return config;
  throw new CodedError(
    "CONFIG_INVALID",
    `${configFile} has errors, so that nobody knows where its state is. Name the directory itself, or mend it.\n${faults.map(formatFault).join("\n")}`,
  );
}

async function openDirectory(
  path: string,
  { tell, withBlocks, io }: { tell: Tell; withBlocks: boolean; io: Io },
): Promise<StateSource> {
  const directory = await openStateDirectory({ path, clock: systemClock, pid: io.pid, tell });
  const { file, format, pages, catalogue } = directory;
  const journal = lookAtJournal(path, tell);
  return {
    ...(journal && { journal }),
    kind: "directory",
    name: path,
    format,
    total: catalogue.rows,
    rows: () => readStateRows(pages, { catalogue, tell, withBlocks }),
    runs: () => [...catalogue.runs.values()].flatMap((ofIndex) => [...ofIndex.values()]),
    async size() {
      pages.checkFree();
      return { bytes: statSync(file).size, bytesInUse: pages.used() * pages.pageSize };
    },
    close: () => directory.close(),
  };
}

/** Undefined where it is damaged, which is told. */
function lookAtJournal(path: string, tell: Tell): StateSource["journal"] {
  try {
    return inspectJournal(path);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
    tell(damageOf(error));
    return undefined;
  }
}

/** A store that daemons share can be read while they run: what one task says of itself always fits together. */
async function openShared(config: Config, { tell, io }: { tell: Tell; io: Io }): Promise<StateSource> {
  const store = await openStore(config, io, { log: createLog({ level: "warn" }) });
  const groups = groupStreams(Object.values(config.streams), []).map(({ name }) => name);
  return {
    kind: "shared",
    name: `${config.state.store} ${config.state.redis?.prefix ?? ""}`,
    rows: () => readStoreRows(store, groups, tell),
    runs: () => [],
    async size() {
      const bytes = await store.size();
      return { bytes, bytesInUse: bytes };
    },
    close: () => store.close(),
  };
}
