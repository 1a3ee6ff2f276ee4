import { dirname, join } from "node:path";
import type { Command, Option } from "commander";
import { UsageError } from "./errors";
import { readText } from "./files";

/** A package's script, as which npm has started this process. */
export interface NpmScript {
  /** `start`; `npx` for a package's own command. */
  name: string;
  /** The package's folder, which npm has made this process's own. */
  folder: string;
  /** Where the person stands. */
  calledFrom: string;
}

/**
 * The script that this process is. What a script has started itself inherits its variables, and mostly runs in another
 * folder: undefined then, as without npm.
 */
export function npmScriptOf(env: NodeJS.ProcessEnv, cwd: string): NpmScript | undefined {
  const { npm_lifecycle_event: name, npm_package_json: manifest, INIT_CWD: calledFrom } = env;
  if (name === undefined || manifest === undefined || dirname(manifest) !== cwd) return undefined;
  return { name, folder: cwd, calledFrom: calledFrom ?? cwd };
}

/** An environment without what makes this process a script, for a command that is none. */
export function withoutNpmScript({ npm_lifecycle_event: _, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}

/**
 * Makes sure that npm has given a script all options that were typed. npm reads those that stand before `--` itself: it
 * tells the script of them by variables alone, as it does of what stands in an `.npmrc`.
 *
 * @throws UsageError if it has kept one
 */
export function requireAllOptions(script: NpmScript, command: Command, env: NodeJS.ProcessEnv): void {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const option of at.options) {
      if (at.getOptionValueSource(option.attributeName()) === "cli") continue;
      if (!isKept(env, option) || isInNpmrc(script, option, env)) continue;
      throw new UsageError(
        `npm has taken --${option.name()} for an option of its own. Write \`--\` before the options: ` +
          `${callOf(script, command)} ${option.flags}`,
      );
    }
  }
}

function isKept(env: NodeJS.ProcessEnv, option: Option): boolean {
  return Boolean(env[`npm_config_${option.name().replaceAll("-", "_")}`]);
}

function isInNpmrc({ folder }: NpmScript, option: Option, env: NodeJS.ProcessEnv): boolean {
  const files = [join(folder, ".npmrc"), env.npm_config_userconfig, env.npm_config_globalconfig];
  const line = new RegExp(`^\\s*${option.name()}\\s*(=|$)`, "m");
  return files.some((file) => file !== undefined && line.test(readText(file) ?? ""));
}

/** How npm is told to run the script with a command of it, and to give it what follows. */
function callOf({ name }: NpmScript, command: Command): string {
  const words: string[] = [];
  let program = command;
  for (; program.parent !== null; program = program.parent) words.unshift(program.name());
  if (words[0] === name) words.shift(); // the script has it already
  const script = name === "npx" ? `exec -- ${program.name()}` : name === "start" ? "start --" : `run ${name} --`;
  return ["npm", script, ...words].join(" ");
}
