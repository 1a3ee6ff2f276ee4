import { dirname, join, normalize } from "node:path/posix";
import { Add, Arg, Copy, DockerfileParser, type Instruction } from "dockerfile-ast";
import type { RepositoryFile } from "../../common/repository-files";

/** A Dockerfile, as it was found. */
export interface FoundDockerfile {
  path: string;
  /** The folder that its COPY and ADD lead from: its own, or `.`, the repository root. */
  buildContext: string;
  /** What it copies from there, as far as the text shows it: paths from the repository root. */
  copies: string[];
  /** Whether it makes a conda environment. */
  usesConda: boolean;
}

/** Whether a file is a Dockerfile by its name: https://docs.docker.com/build/concepts/dockerfile/#filename */
export function isDockerfile(path: string): boolean {
  return /(?:^|\/)(?:Dockerfile(?:\.[\w-]+)?|[\w.-]+\.Dockerfile)$/i.test(path) && !/\.dockerignore$/i.test(path);
}

/**
 * Finds the folder that a Dockerfile is built in: that from which everything is there that it copies. Where both are
 * possible, or neither, it is the Dockerfile's own.
 *
 * @param paths all files of the repository
 */
export function findDockerfile({ path, text }: RepositoryFile, paths: string[]): FoundDockerfile {
  const sources = sourcesOf(text);
  const own = dirname(path);
  const contexts = own === "." ? ["."] : [own, "."];
  const buildContext =
    contexts.find((folder) => sources.every((source) => isThere(join(folder, source), paths))) ?? own;
  return {
    path,
    buildContext,
    copies: sources.map((source) => normalize(join(buildContext, source))),
    usesConda: /\b(?:conda|mamba|micromamba)\b/i.test(text),
  };
}

/** What is copied from the context, without what variables and patterns leave open. */
function sourcesOf(text: string): string[] {
  const instructions = DockerfileParser.parse(text).getInstructions();
  const defaults = defaultsOf(instructions);
  return instructions
    .filter((one) => one instanceof Copy || one instanceof Add)
    .filter((one) => !one.getFlags().some((flag) => flag.getName() === "from"))
    .flatMap((one) =>
      one
        .getArguments()
        .slice(0, -1)
        .map((argument) => argument.getValue()),
    )
    .map((source) => source.replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, a, b) => defaults.get(a ?? b) ?? all))
    .filter((source) => !/[$*?[\]<]|:\/\//.test(source))
    .map((source) => source.replace(/^\/+/, ""));
}

/** The values that build arguments have unless a build says otherwise. */
function defaultsOf(instructions: Instruction[]): Map<string, string> {
  const properties = instructions.flatMap((one) => (one instanceof Arg ? one.getProperties() : []));
  return new Map(properties.flatMap((one) => (one.getValue() ? [[one.getName(), one.getValue() ?? ""]] : [])));
}

function isThere(path: string, paths: string[]): boolean {
  const folder = normalize(path).replace(/\/$/, "");
  return folder === "." || folder === "" || paths.some((one) => one === folder || one.startsWith(`${folder}/`));
}
