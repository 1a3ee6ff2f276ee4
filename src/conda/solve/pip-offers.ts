import type { CondaFile, Dependency } from "../conda-file";
import type { Finding } from "../finding";
import { channelsOf } from "./channels";
import { type ChannelProblem, solve } from "./rattler";
import { channelFinding, defaultTimeout, type SolveOptions } from "./solve";
import { specification, specificationOf } from "./specification";

/** A pip package of a file that its channels have as well. */
interface Offer {
  dependency: Dependency;
  /** conda's name of it. */
  name: string;
  version: string;
}

/** A pip package under one of its names, and how it is asked for. */
interface Question {
  dependency: Dependency;
  name: string;
  specification: string;
}

/**
 * Asks a file's channels for its pip packages, for the file's Python.
 *
 * @param namesOf the names that conda may have for a project, best first
 * @returns a finding (rule "pip") for each package that the channels have in a version that the file accepts, a note
 *   for each that they have in other versions only, or what is wrong with the channels (rule "channel")
 */
export async function findPipOffers(
  file: CondaFile,
  namesOf: (project: string) => string[],
  options: SolveOptions,
): Promise<{ findings: Finding[]; notes: string[] }> {
  const { channels, findings } = channelsOf(file, options.condaChannel);
  if (findings.length > 0) return { findings, notes: [] };
  const inquiry = new Inquiry(
    file,
    channels.map(({ url }) => url),
    options,
  );
  const offers = await inquiry.ask(namesOf);
  const problems = [...inquiry.problems.values()];
  if (problems.length > 0) return { findings: problems.map((one) => channelFinding(one, file, channels)), notes: [] };
  const from = [...new Set(channels.map(({ name }) => name))].join(", ");
  const fits = ({ dependency: { constraint }, version }: Offer) => constraint.accepts(version);
  return {
    findings: offers.filter(fits).map(({ dependency, name, version }) => ({
      rule: "pip",
      file: file.path,
      line: dependency.line,
      package: dependency.name,
      message:
        `${dependency.text} comes from pip, and the channels (${from}) offer ${name} ${version} for ` +
        `${options.platform}, which satisfies it: move it out of the pip section`,
    })),
    notes: offers
      .filter((offer) => !fits(offer))
      .map(
        ({ dependency: { text, line }, name, version }) =>
          `${file.path}:${line}: ${text} comes from pip, and the channels (${from}) offer ${name} ${version} at most, ` +
          "which does not satisfy it",
      ),
  };
}

class Inquiry {
  readonly problems = new Map<string, ChannelProblem>();
  /** What the answers are for. */
  private readonly python: string[];

  constructor(
    private readonly file: CondaFile,
    private readonly channels: string[],
    private readonly options: SolveOptions,
  ) {
    this.python = file.dependencies
      .filter(({ source, name }) => source === "conda" && name === "python")
      .map(specificationOf);
  }

  async ask(namesOf: (project: string) => string[]): Promise<Offer[]> {
    const asked = this.file.dependencies
      .filter(({ source, url }) => source === "pip" && url === undefined)
      .map((dependency) => ({ dependency, names: namesOf(dependency.project) }));
    const most = Math.max(0, ...asked.map(({ names }) => names.length));
    const offers = new Map<Dependency, Offer>();
    // Versions that the file accepts are looked for under every name before any other version is.
    for (const versionOf of [({ constraint }: Dependency) => constraint.text || undefined, () => undefined]) {
      for (let index = 0; index < most; index++) {
        const questions = asked.flatMap(({ dependency, names: { [index]: name } }): Question[] =>
          name === undefined || offers.has(dependency)
            ? []
            : [{ dependency, name, specification: specification(name, { version: versionOf(dependency) }) }],
        );
        for (const offer of await this.offered(questions)) offers.set(offer.dependency, offer);
      }
    }
    return asked.flatMap(({ dependency }) => offers.get(dependency) ?? []);
  }

  /** Asks for all at once, and for each half if that has no solution: one download serves many packages. */
  private async offered(questions: Question[]): Promise<Offer[]> {
    if (questions.length === 0 || this.problems.size > 0) return [];
    const { platform, timeout = defaultTimeout } = this.options;
    const specifications = [...this.python, ...questions.map((question) => question.specification)];
    const outcome = await solve({ specifications, channels: this.channels, platform, timeout });
    if (outcome.kind === "broken") {
      for (const problem of outcome.problems) this.problems.set(problem.url, problem);
      return [];
    }
    if (outcome.kind === "solved") {
      const versions = new Map(outcome.packages.map(({ name, version }) => [name, version]));
      return questions.flatMap(({ dependency, name }) => {
        const version = versions.get(name);
        return version === undefined ? [] : [{ dependency, name, version }];
      });
    }
    if (questions.length === 1) return [];
    const half = Math.ceil(questions.length / 2);
    return [...(await this.offered(questions.slice(0, half))), ...(await this.offered(questions.slice(half)))];
  }
}
