import { exitWithError, UsageError } from "../../src/common/errors";
import { installToolchain } from ".";

const keep = "--keep-build-cache";
const others = process.argv.slice(2).filter((given) => given !== keep);
const installed =
  others.length === 0
    ? installToolchain({ keepBuildCache: process.argv.includes(keep) })
    : Promise.reject(new UsageError(`"${others.join(" ")}" is too much: this command takes only ${keep}.`));

installed.then((toolchain) => process.stdout.write(`${JSON.stringify(toolchain, null, 2)}\n`), exitWithError);
