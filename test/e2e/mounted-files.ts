import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A directory as Kubernetes mounts a ConfigMap: `..data` leads to the files of now, and is replaced by a rename. Answers what
 * puts other files there.
 */
export function mountedFiles(directory: string): (files: Readonly<Record<string, object>>) => void {
  let generation = 0;
  return (files) => {
    const now = `..${++generation}`;
    mkdirSync(join(directory, now), { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      // JSON is YAML.
      writeFileSync(join(directory, now, name), JSON.stringify(content));
      if (!existsSync(join(directory, name))) symlinkSync(join("..data", name), join(directory, name));
    }
    symlinkSync(now, join(directory, "..data_tmp"));
    renameSync(join(directory, "..data_tmp"), join(directory, "..data"));
    if (generation > 1) rmSync(join(directory, `..${generation - 1}`), { recursive: true });
  };
}
