import type { Command } from "commander";

/** A verb, which is not loaded until it is asked for. */
export interface Verb {
  /** For the list of verbs. */
  summary: string;
  /** Loads the function that gives the verb's command its description, options and action. */
  load: () => Promise<{ define: (command: Command) => void }>;
}

/** Adds verbs to a command that has none. */
export function addVerbs(parent: Command, verbs: Record<string, Verb>): void {
  parent.helpCommand(false);
  for (const [name, { summary, load }] of Object.entries(verbs)) {
    const verb = parent.command(name).summary(summary);
    verb.showHelpAfterError(`See: npx ${callOf(verb)} --help`);
    parent.hook("preSubcommand", async (_, asked) => {
      if (asked === verb) (await load()).define(verb);
    });
  }
}

/** How a command is called: the names of those that it is of, and its own. */
function callOf(command: Command): string {
  return command.parent === null ? command.name() : `${callOf(command.parent)} ${command.name()}`;
}
