/** The directory part of a slash-separated path: "." where there is none. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}

/** `path` seen from `directory`, without `.` and `..` in the middle. An absolute path stays as it is. Text only: no disk. */
export function resolvePath(directory: string, path: string): string {
  const joined = path.startsWith("/") ? path : `${directory}/${path}`;
  const parts: string[] = [];
  for (const part of joined.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !joined.startsWith("/")) parts.push(part);
  }
  const resolved = parts.join("/");
  if (joined.startsWith("/")) return `/${resolved}`;
  return resolved === "" ? "." : resolved;
}

/** A path below `directory` as one would type it there; any other path as it is. */
export function relativePath(directory: string, path: string): string {
  const prefix = directory.endsWith("/") ? directory : `${directory}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
