import type { Engine } from "../engine/engine.ts";
import type { Log } from "../runtime/log.ts";

/** Versions that are named, of each model: a producer that writes ids there would flood the log. */
const MOST = 8;

/** Says once of every version that found no place of its own what that means (STREAMING 15). */
export class OverflowLog {
  private readonly engine: Engine;
  private readonly log: Log;
  private readonly said = new Map<string, number>();

  constructor({ engine, log }: { engine: Engine; log: Log }) {
    this.engine = engine;
    this.log = log;
  }

  /** To be called when rows of the model have been taken in. */
  look(model: string): void {
    const overflow = this.engine.overflowOf(model);
    const said = this.said.get(model) ?? 0;
    if (overflow.size <= said || said >= MOST) return;
    const news = [...overflow].slice(said, MOST);
    this.said.set(model, said + news.length);
    const places = this.engine.admittedVersions(model);
    this.log.warn(
      { model, versions: news, places },
      "a version has no place of its own: it is counted as (other), and no rule judges it. A place belongs to its version " +
        "for good, also when that sends nothing any more, so that no level ever moves; versions.keep says how many there are",
    );
  }
}
