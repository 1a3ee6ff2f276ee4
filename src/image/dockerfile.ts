import { Arg, DockerfileParser, type Instruction, ModifiableInstruction } from "dockerfile-ast";

/** What a Dockerfile says of the image that it makes, and of what it wants to be given. */
export interface Dockerfile {
  /** Names of the build arguments that it declares (`ARG`): a build is given no others. */
  arguments: Set<string>;
  /** Whether a lock file goes into the build: without one, two builds may install different versions. */
  takesLock: boolean;
  /** Programs that steps of pipelines are known to need and that it installs, as far as its text shows it. */
  programs: string[];
  /** What `check image` will refuse for certain. What the base image brings along is not known here. */
  refusals: { line: number; message: string }[];
}

interface Stage {
  name: string | undefined;
  /** The image, or the earlier stage, that it starts from. */
  from: string;
  instructions: Instruction[];
}

/** Reads a Dockerfile: https://docs.docker.com/reference/dockerfile/ */
export function readDockerfile(text: string): Dockerfile {
  const instructions = DockerfileParser.parse(text).getInstructions();
  const stages = stagesOf(instructions);
  return {
    arguments: new Set(instructions.flatMap(declaredBy)),
    takesLock: instructions.some(mentionsLock),
    programs: programsOf(ofLastStage(stages)),
    refusals: refusalsOf(stages),
  };
}

/** `ARG A B=1` declares two. */
function declaredBy(instruction: Instruction): string[] {
  return instruction instanceof Arg ? instruction.getProperties().map((property) => property.getName()) : [];
}

/** The stage or named context `lock`, or a file that is a lock by its name, in what brings files into the build. */
function mentionsLock(instruction: Instruction): boolean {
  const keyword = instruction.getKeyword();
  if (keyword === "FROM") return instruction.getArguments()[0]?.getValue().toLowerCase() === "lock";
  if (instruction instanceof ModifiableInstruction) {
    const flags = instruction.getFlags().map((flag) => flag.toString());
    if (flags.some((flag) => /^--(?:from=lock$|mount=(?:.*,)?from=lock(?:,|$))/i.test(flag))) return true;
  }
  return /^(?:COPY|ADD)$/.test(keyword) && /[.-]lock\b|\.loc\[k\]/i.test(instruction.getArgumentsContent() ?? "");
}

/**
 * How an instruction installs a program. The Azure CLI has a script for it besides its package:
 * https://learn.microsoft.com/cli/azure/install-azure-cli-linux
 */
const installations: [string, RegExp][] = [
  ["az", /\bazure-cli\b|\bInstallAzureCLI/],
  ["sudo", /\b(?:install|add)\b[^;&|]*\ssudo\b/],
];

function programsOf(instructions: Instruction[]): string[] {
  const commands = instructions
    .filter((one) => one.getKeyword() === "RUN")
    .map((one) => one.getArgumentsContent() ?? "");
  return installations.flatMap(([name, how]) => (commands.some((command) => how.test(command)) ? name : []));
}

function stagesOf(instructions: Instruction[]): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    if (instruction.getKeyword() === "FROM") {
      const words = instruction.getArguments().map((argument) => argument.getValue());
      const [from = "", as, name] = words;
      stages.push({ name: as?.toUpperCase() === "AS" ? name : undefined, from, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** The agent's rules that `check image` has for ENTRYPOINT and USER (src/image/rules), as far as the text shows them. */
function refusalsOf(stages: Stage[]): Dockerfile["refusals"] {
  const refusals: Dockerfile["refusals"] = [];
  const lines = ofLastStage(stages);
  const entrypoint = lines.findLast((one) => one.getKeyword() === "ENTRYPOINT");
  const command = entrypoint?.getArgumentsContent()?.trim() ?? "";
  if (entrypoint && !/^(?:\[\s*\])?$/.test(command)) {
    refusals.push({
      line: lineOf(entrypoint),
      message: `ENTRYPOINT ${command} would be started in place of the agent's own command: put \`ENTRYPOINT []\` at the end`,
    });
  }
  const user = lines.findLast((one) => one.getKeyword() === "USER");
  const name = user?.getArgumentsContent()?.trim() ?? "";
  // What a variable holds may come from elsewhere.
  if (user && name !== "" && !name.includes("$") && !/^(?:root|0+)(?::|$)/.test(name)) {
    refusals.push({
      line: lineOf(user),
      message: `USER ${name} may not add the user that the agent adds to the container: put \`USER root\` at the end`,
    });
  }
  return refusals.sort((a, b) => a.line - b.line);
}

/** The instructions that make the image: those of the last stage, after those of the stages that it starts from. */
function ofLastStage(stages: Stage[]): Instruction[] {
  const last = stages.at(-1);
  if (last === undefined) return [];
  const before = stages.slice(0, -1);
  const at = before.findLastIndex(({ name }) => name?.toLowerCase() === last.from.toLowerCase());
  return [...ofLastStage(before.slice(0, at + 1)), ...last.instructions];
}

function lineOf(instruction: Instruction): number {
  return instruction.getRange().start.line + 1;
}
