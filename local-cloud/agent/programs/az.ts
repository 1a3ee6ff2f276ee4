/**
 * `az` on the agent's own machine: of the Azure CLI what the agent's tasks, the azure-native plugin and this project's
 * pipelines ask of it, against the local cloud. Its first argument is the address of the local cloud's Azure, which the
 * launcher gives it; anything that it does not know it refuses by name.
 */
import { parseArgs } from "node:util";
import { messageOf } from "../../../src/common/errors";
import { accountShow, clear, getAccessToken, login, setCloud, setSubscription, version } from "./az/account";
import { acrLogin } from "./az/acr";
import { type AzCommand, type AzContext, AzError } from "./az/command";
import { print } from "./az/output";

/** By their words. */
const commands: Record<string, AzCommand> = {
  login,
  logout: clear,
  version,
  "account clear": clear,
  "account get-access-token": getAccessToken,
  "account set": setSubscription,
  "account show": accountShow,
  "acr login": acrLogin,
  "cloud set": setCloud,
};

/** Those that every command has. */
const common = { output: { type: "string", short: "o" }, query: { type: "string" } } as const;

async function main([address = "", ...args]: string[]): Promise<void> {
  if (args.length === 1 && args[0] === "--version")
    return print((await version.run(context(address), {})) ?? "", "tsv");
  const first = args.findIndex((arg) => arg.startsWith("-"));
  const words = (first < 0 ? args : args.slice(0, first)).join(" ");
  const command = commands[words];
  if (command === undefined) {
    throw new AzError(
      `The local cloud's az does not know the command '${words}'. It knows ${Object.keys(commands).join(", ")}.`,
      2,
    );
  }
  const { values } = parse(words, args.slice(words.split(" ").length), command);
  const { output = "json", query, ...given } = values;
  const answer = await command.run(context(address), given);
  if (answer !== undefined) print(answer, String(output), query === undefined ? undefined : String(query));
}

function parse(words: string, args: string[], { options }: AzCommand) {
  try {
    return parseArgs({ args, options: { ...options, ...common }, strict: true, allowPositionals: false });
  } catch (error) {
    throw new AzError(`The local cloud's az does not do this with '${words}': ${messageOf(error)}`, 2);
  }
}

function context(address: string): AzContext {
  const home = process.env.HOME ?? "/";
  return {
    address,
    configDirectory: process.env.AZURE_CONFIG_DIR || `${home}/.azure`,
    dockerConfig: process.env.DOCKER_CONFIG || `${home}/.docker`,
  };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`ERROR: ${messageOf(error)}\n`);
  process.exitCode = error instanceof AzError ? error.exitCode : 1;
});
