import { Command, CommanderError } from "commander";
import { exitCodes, exitWithError } from "./errors";
import { npmScriptOf, requireAllOptions } from "./npm";

/** What shells have for a command that Ctrl-C, or the end of what reads its output, has ended. */
const signalled = { SIGINT: 130, SIGPIPE: 141 };

/**
 * A command line program. The commands that are made of it end as it does.
 *
 * @param version of its package, which `--version` prints
 */
export function commandLine(name: string, version: string): Command {
  return new Command(name).exitOverride().version(version, "-V, --version", "print the package's version");
}

/**
 * Runs a program to its end: 0 or what the command has set as `process.exitCode`, 2 for wrong usage, 1 for what went
 * wrong otherwise. Paths are from where the person stands, also where npm has gone to the package's folder.
 *
 * @param args what was typed
 */
export async function run(program: Command, args = process.argv.slice(2)): Promise<void> {
  process.on("uncaughtException", exitWithError);
  process.stdout.on("error", (error) => {
    if ("code" in error && error.code === "EPIPE") process.exit(signalled.SIGPIPE);
    throw error;
  });
  const script = npmScriptOf(process.env, process.cwd());
  if (script !== undefined) process.chdir(script.calledFrom);
  const check = (command: Command) => script && requireAllOptions(script, command, process.env);
  await parse(program, args, check).catch(exitWithError);
  // Ends also what is still under way: a connection that is kept open does not keep anyone waiting.
  process.stdout.write("", () => process.exit());
}

async function parse(program: Command, args: string[], check: (command: Command) => void): Promise<void> {
  program.hook("preAction", (_, command) => check(command));
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return; // --help, --version
    process.exitCode = exitCodes.usage;
    // What is wrong may be what npm has left of it.
    check(args.reduce((at, word) => at.commands.find((one) => one.name() === word) ?? at, program));
  }
}

/** Aborted when the person, or the agent of a pipeline, interrupts the command. A second time it ends at once. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}

/** Ctrl-C ends the command, which has nothing to put in order, with these words. */
export function endOnInterrupt(words: string): void {
  process.once("SIGINT", () => process.stdout.write(`\n${words}\n`, () => process.exit(signalled.SIGINT)));
}
