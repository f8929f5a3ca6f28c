import { readConfig } from "../../config/config-file.ts";
import { CodedError } from "../../config/coded-error.ts";
import { formatFault } from "../../config/fault.ts";
import { resolvePath } from "../../config/path.ts";
import { readText } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";

/** Which state: the directory that was named, else the one of driftd.yaml. */
export interface StatePlace {
  readonly directory: string | undefined;
  readonly configFile: string;
}

/** The directory of an lmdb store. Throws USAGE where the configuration keeps its state elsewhere. */
export async function findDirectory(
  { directory, configFile }: StatePlace,
  io: Pick<CommandIo, "cwd" | "env">,
): Promise<string> {
  if (directory !== undefined) return resolvePath(io.cwd, directory);
  const file = resolvePath(io.cwd, configFile);
  const text = await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" });
  const { config, faults } = readConfig({ text, file, env: io.env });
  if (config === undefined) {
    throw new CodedError(
      "CONFIG_INVALID",
      `${configFile} has errors, so that nobody knows where its state is. Name the directory itself, or mend it.\n${faults.map(formatFault).join("\n")}`,
    );
  }
  const { store, path } = config.state;
  if (store === "lmdb") return path;
  throw new CodedError(
    "USAGE",
    `This command looks into the files of an lmdb store, and ${configFile} keeps its state in ${
      store === "memory" ? "memory, which ends with its daemon" : `${store}, which has tools of its own`
    }. Name a directory to look into another one.`,
  );
}
