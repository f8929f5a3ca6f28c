import { setTimeout as sleep } from "node:timers/promises";
import { startDaemon, type Daemon } from "../e2e/daemon.ts";

interface Member {
  readonly directory: string;
  daemon?: Daemon;
  /** Something befalls it already. */
  busy: boolean;
}

/** Daemons of one group, each started again where it ended. */
export class Members {
  /** Every daemon that was ever started. */
  readonly daemons: Daemon[] = [];
  /** Of those that ended by themselves, what they said last. */
  readonly failures: string[] = [];
  private readonly members: Member[];

  constructor(directories: readonly string[]) {
    this.members = directories.map((directory) => ({ directory, busy: false }));
  }

  async start(): Promise<void> {
    for (const member of this.members) await this.begin(member);
  }

  /** A daemon that runs. */
  running(): readonly Daemon[] {
    return this.members.flatMap(({ daemon }) => daemon ?? []);
  }

  /** Ends one of them, waits, and starts it again. */
  replace(whom: number, signal: "SIGKILL" | "SIGTERM", pause: number): Promise<void> {
    return this.befall(whom, async (member) => {
      await this.end(member, signal);
      await sleep(pause);
      await this.begin(member);
    });
  }

  /** Lets one of them stand still, and wake. */
  freeze(whom: number, lasts: number): Promise<void> {
    return this.befall(whom, async ({ daemon }) => {
      daemon?.signal("SIGSTOP");
      await sleep(lasts);
      daemon?.signal("SIGCONT");
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => this.end(member, "SIGTERM")));
  }

  /** Where all are in trouble already it waits for one that is not. */
  private async befall(whom: number, act: (member: Member) => Promise<void>): Promise<void> {
    let able: Member[];
    while ((able = this.members.filter(({ busy }) => !busy)).length === 0) await sleep(100);
    const member = able[Math.floor(whom * able.length)];
    if (member === undefined) return;
    member.busy = true;
    try {
      await act(member);
    } finally {
      member.busy = false;
    }
  }

  private async begin(member: Member): Promise<void> {
    const daemon = await startDaemon(member.directory);
    member.daemon = daemon;
    this.daemons.push(daemon);
    void this.watch(member, daemon);
  }

  /** Notes what ends without having been asked to. */
  private async watch(member: Member, daemon: Daemon): Promise<void> {
    const { code, signal } = await daemon.exit;
    if (member.daemon !== daemon) return;
    this.failures.push(`exit ${code ?? signal}: ${daemon.stderr().slice(-3_000)}`);
    delete member.daemon;
  }

  private async end(member: Member, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const { daemon } = member;
    delete member.daemon;
    const exit = await daemon?.end(signal);
    if (signal !== "SIGTERM" || daemon === undefined || exit === undefined || exit.code === 0) return;
    const said = daemon.stderr();
    // Who has not said a word yet does not hear signals either.
    if (said === "") return;
    this.failures.push(`SIGTERM: exit ${exit.code}: ${said.slice(-3_000)}`);
  }
}
