import { Command, CommanderError, Option } from "commander";
import { printable, printableJson } from "../../common/printable";
import { checkImage } from "../../image/check";
import { dockerLogin } from "../../image/docker-login";
import { ImageError } from "../../image/error";
import { type Platform, platforms } from "../../image/manifest";
import { parseReference } from "../../image/reference";
import type { BrokenRule } from "../../image/rules/rule";

/** Exit codes. 2 says that nothing is known about the image: wrong usage, or an image that cannot be read. */
const exitCodes = { fine: 0, broken: 1, unknown: 2 };

const command = new Command("check:image")
  .description(
    "Check that jobs can run in an image, as it is in its registry. Signs in with Docker's logins (docker login, az acr login).",
  )
  .argument("<reference>", "registry/repository:tag or registry/repository@sha256:…")
  .addOption(new Option("--platform <platform>", "what the jobs run on").choices(platforms).default("linux/amd64"))
  .option("--json", "as JSON")
  .addHelpText("after", "\nExit code: 0 if a job can run in it, 1 if it breaks a rule, 2 if it cannot be read.")
  .showHelpAfterError("For example: npm run check:image -- myregistry.azurecr.io/mlops/model:latest")
  .exitOverride()
  .action(async (reference: string, { platform, json }: { platform: Platform; json?: true }) => {
    const login = await dockerLogin(parseReference(reference).registry, process.env);
    const broken = await checkImage(reference, { platform, login });
    process.stdout.write(
      `${json ? printableJson({ reference, platform, broken }) : printable(report(reference, broken))}\n`,
    );
    process.exitCode = broken.length > 0 ? exitCodes.broken : exitCodes.fine;
  });

command.parseAsync().catch((error: unknown) => {
  process.exitCode = exitCodes.unknown;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) process.exitCode = exitCodes.fine; // --help
  } else if (error instanceof ImageError) process.stderr.write(`error: ${printable(error.message)}\n`);
  else console.error(error); // a defect: with its stack
});

function report(reference: string, broken: BrokenRule[]): string {
  if (broken.length === 0) return `${reference}: jobs can run in it.`;
  const width = Math.max(...broken.map(({ rule }) => rule.length));
  return [
    `${reference}: jobs cannot run in it.`,
    ...broken.map(({ rule, message }) => `  ${rule.padEnd(width)}  ${message}`),
  ].join("\n");
}
