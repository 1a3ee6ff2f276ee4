import type { CondaFile, Dependency } from "../conda-file";
import type { Finding } from "../finding";
import { type Channel, channelsOf, channelUrls, isFrom } from "./channels";
import { type SolvedPackage, type SolveOutcome, solve } from "./rattler";
import { specification, specificationOf } from "./specification";

export interface SolveOptions {
  /** As conda names it, for example linux-64. */
  platform: string;
  /** Name or URL of the channel that takes conda-forge's place. Default: conda-forge itself. */
  condaChannel?: string;
  /** Milliseconds that one solution may take, downloads included. Default: 120,000. */
  timeout?: number;
}

export const defaultTimeout = 120_000;

/**
 * Solves a file's conda packages against its channels, as an installation would: a package comes from the first channel
 * that has it, in the newest version that fits. What comes from pip is not solved; pip itself is, where there is any.
 *
 * @returns the packages, or why there is no solution: rule "channel" or "unsolvable"
 */
export async function solveFile(
  file: CondaFile,
  options: SolveOptions,
): Promise<{ packages: SolvedPackage[]; findings?: never } | { packages?: never; findings: Finding[] }> {
  const { channels, findings } = channelsOf(file, options.condaChannel);
  if (findings.length > 0) return { findings };
  return new FileSolver(file, channels, options).solve();
}

class FileSolver {
  private readonly wanted: Dependency[];
  private readonly urls: string[];

  constructor(
    private readonly file: CondaFile,
    private readonly channels: Channel[],
    private readonly options: SolveOptions,
  ) {
    this.wanted = file.dependencies.filter(({ source }) => source === "conda");
    this.urls = channels.map(({ url }) => url);
  }

  async solve(): Promise<{ packages: SolvedPackage[] } | { findings: Finding[] }> {
    const chosen = new Map<Dependency, SolvedPackage>();
    for (const name of this.channelsOutOfOrder()) {
      const result = await this.choose(name);
      if ("findings" in result) return result;
      for (const [dependency, record] of result) chosen.set(dependency, record);
    }
    const outcome = await this.run(this.urls, chosen);
    return outcome.kind === "solved" ? { packages: outcome.packages } : { findings: this.explain(outcome) };
  }

  /** The channels of `channel::package` that the order of channels does not lead to by itself. */
  private channelsOutOfOrder(): string[] {
    const [first] = this.urls;
    const named = new Set(this.wanted.flatMap(({ channel }) => channel ?? []));
    return [...named].filter((name) => this.urlsOf(name)[0] !== first);
  }

  /**
   * What a channel has for the packages that must come from it. rattler takes no channel in a specification, so the
   * file is solved with this channel in front of all others first, and what comes from it then is asked for exactly.
   */
  private async choose(name: string): Promise<Map<Dependency, SolvedPackage> | { findings: Finding[] }> {
    const own = this.urlsOf(name);
    const outcome = await this.run([...new Set([...own, ...this.urls])], new Map());
    if (outcome.kind !== "solved") return { findings: this.explain(outcome) };
    const records = new Map(outcome.packages.map((record) => [record.name, record]));
    const chosen = new Map<Dependency, SolvedPackage>();
    for (const dependency of this.wanted.filter(({ channel }) => channel === name)) {
      const record = records.get(dependency.name);
      if (record === undefined || !isFrom(record.url, own)) return { findings: [this.lacks(dependency, name)] };
      chosen.set(dependency, record);
    }
    return chosen;
  }

  /** @param chosen the packages that are to be exactly these */
  private run(channels: string[], chosen: Map<Dependency, SolvedPackage>): Promise<SolveOutcome> {
    const { platform, timeout = defaultTimeout } = this.options;
    const specifications = this.wanted.map((dependency) => {
      const record = chosen.get(dependency);
      return record === undefined ? specificationOf(dependency) : exactly(record);
    });
    // What has a pip section gets pip, as micromamba does it.
    if (this.file.dependencies.some(({ source }) => source === "pip")) specifications.push("pip");
    return solve({ specifications, channels, platform, candidates: [...chosen.values()], timeout });
  }

  private urlsOf(channel: string): string[] {
    return channelUrls(channel, this.options.condaChannel);
  }

  private lacks({ name, line }: Dependency, channel: string): Finding {
    const message =
      `channel ${channel} has no ${name} for ${this.options.platform}: ` +
      "take the channel away from it, or name one that has it";
    return { rule: "unsolvable", file: this.file.path, line, package: name, message };
  }

  private explain(outcome: Exclude<SolveOutcome, { kind: "solved" }>): Finding[] {
    return outcome.kind === "broken"
      ? outcome.problems.map((problem) => channelFinding(problem, this.file, this.channels))
      : [this.unsolvable(outcome.reason, outcome.absent)];
  }

  private unsolvable(reason: string, absent: string[]): Finding {
    const { platform } = this.options;
    const words = new Set(reason.split(/\s+/));
    const named = this.wanted.filter(({ name }) => words.has(name));
    const [blamed] = named;
    // rattler leaves out what the file asks for where that alone rules a package out that another one needs.
    const asked = named.map(({ text, line }) => `${text} (line ${line})`).join(", ");
    const asks = asked === "" ? "" : `\nOf what this names, the file asks for ${asked}.`;
    const without = absent.map((url) => `\n${url} has no packages for ${platform} at all.`).join("");
    const message =
      `the packages cannot be installed together on ${platform} from ${this.urls.join(", ")}: ` +
      `${reason.trim()}${asks}${without}\nChange the versions that contradict each other, or add a channel that has them.`;
    return {
      rule: "unsolvable",
      file: this.file.path,
      line: blamed?.line ?? 1,
      ...(blamed && { package: blamed.name }),
      message,
    };
  }
}

/** The file, the channel that it asked, and what was wrong with the answer. */
export function channelFinding({ url, text }: { url: string; text: string }, file: CondaFile, channels: Channel[]) {
  const channel = channels.find((one) => url === one.url || isFrom(url, [one.url])) ?? channels[0];
  const finding: Finding = {
    rule: "channel",
    file: file.path,
    line: channel?.line ?? 1,
    message:
      `channel ${channel?.name}: ${url} ${text}. ` +
      "Try again, correct the channel's name or URL, or take another channel that has its packages",
  };
  return finding;
}

/** The specification that one package alone fits. */
function exactly({ name, version, build, sha256, md5 }: SolvedPackage): string {
  return specification(name, { version: `==${version}`, build, sha256, md5: sha256 === undefined ? md5 : undefined });
}
