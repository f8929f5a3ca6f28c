import type { CommandIo } from "../io.ts";
import { openProgressLine } from "./progress.ts";
import type { ProgressLine } from "./progress.ts";
import type { TextStyle } from "../text.ts";

/** What a person sees: text that stays, and the progress line that is kept below it. */
export interface Screen {
  readonly style: TextStyle;
  readonly progress: ProgressLine;
  say(text: string): void;
}

export function openScreen(io: CommandIo): Screen {
  const style = { width: io.columns ?? 120, color: io.isTerminal && !io.env["NO_COLOR"] };
  const progress = openProgressLine(io.isTerminal ? io.stderr : undefined, style);
  return {
    style,
    progress,
    say(text) {
      progress.clear();
      io.stdout.write(text);
    },
  };
}
