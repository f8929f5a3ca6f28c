/** What YAML would take for something else than a text. */
const RESERVED = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

/** A text as a YAML scalar, in flow collections too: plain where that is safe, else quoted as JSON, which YAML reads. */
export function yamlText(text: string): string {
  const isPlain = /^[A-Za-z_/][A-Za-z0-9_/.-]*$/.test(text) || /^\.{1,2}\/[A-Za-z0-9_/.-]+$/.test(text);
  return isPlain && !RESERVED.test(text) ? text : JSON.stringify(text);
}

/** `[a, "b c"]`. */
export function yamlList(texts: readonly string[]): string {
  return `[${texts.map(yamlText).join(", ")}]`;
}

/** Words as lines of comment, at most 110 characters wide. */
export function yamlComment(text: string, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  // What data brought must not end the comment.
  for (const word of text.replaceAll(/\p{Cc}/gu, " ").split(" ")) {
    if (line !== "" && indent.length + 2 + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}# ${one}`);
}

const WIDTH = 110;
