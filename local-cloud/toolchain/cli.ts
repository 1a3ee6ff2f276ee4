import { exitWithError, UsageError } from "../../src/common/errors";
import { installToolchain } from ".";

const given = process.argv.slice(2);
const installed =
  given.length === 0
    ? installToolchain()
    : Promise.reject(new UsageError(`"${given.join(" ")}" is too much: this command takes nothing.`));

installed.then((toolchain) => process.stdout.write(`${JSON.stringify(toolchain, null, 2)}\n`), exitWithError);
