import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { exitWithError, UsageError, UserError } from "../../../src/common/errors";
import { Progress } from "../../../src/common/progress";
import { run } from "../../../src/common/run";
import { explainGoFailure, requireGo } from "../go";
import { goFolder } from "../parts";
import { differingFiles } from "./compare";
import { compile } from "./compile";

const provider = goFolder("azuredevops");
const sdks = join(__dirname, "../../../sdks");
const selection = join(sdks, "selection.json");
const committed = join(sdks, "azuredevops");
const modules = join(sdks, "..", "node_modules");

/**
 * Makes `sdks/azuredevops` anew from the provider's schema. With `--check` it changes nothing and only says whether
 * the package is what would be made.
 *
 * @throws UserError when the check finds a difference, when Go is missing, when the selection names what the provider
 * does not have
 */
async function main(args: string[]): Promise<void> {
  const check = args.join(" ") === "--check";
  if (args.length > 0 && !check) {
    throw new UsageError(`"${args.join(" ")}" is no option of this command. Its only one is --check.`);
  }
  // There, because the compiler has to find @pulumi/pulumi from the source.
  const scratch = mkdtempSync(join(modules, ".sdk-"));
  try {
    const generated = join(scratch, "package");
    await generate(scratch, generated);
    if (check) return requireSame(generated);
    rmSync(committed, { recursive: true, force: true });
    cpSync(generated, committed, { recursive: true });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The first time, Go compiles the provider for the schema, which takes minutes. */
async function generate(scratch: string, directory: string): Promise<void> {
  const [schema, source] = [join(scratch, "schema.json"), join(scratch, "source")];
  const progress = new Progress(3);
  await requireGo([provider], process.env);
  await progress.part("the provider's schema", () => runGo("./schema", schema));
  await progress.part("the package's source", () => runGo("./sdk", schema, selection, source));
  await progress.part("the compiled package", async () => compile(source, directory));
}

/** Runs one of the provider module's commands, built the way the toolchain builds it so that both share Go's cache. */
async function runGo(...args: string[]): Promise<void> {
  const result = await run("go", ["run", "-trimpath", ...args], {
    cwd: provider,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    signal: new AbortController().signal,
  });
  if (result.code !== 0) throw new UserError(`sdks/azuredevops could not be made: ${explainGoFailure(result)}`);
}

function requireSame(generated: string): void {
  const files = differingFiles(committed, generated);
  if (files.length === 0) return;
  throw new UserError(
    [
      "sdks/azuredevops is not what its generator makes. Run `npm run sdk` and commit the result. These files differ:",
      ...files.map((file) => `    sdks/azuredevops/${file}`),
    ].join("\n"),
  );
}

main(process.argv.slice(2)).catch(exitWithError);
