import { exitWithError, UsageError } from "../../src/common/errors";
import { installToolchain } from ".";

const keep = "--keep-build-cache";
const languages = "--languages";
const others = process.argv.slice(2).filter((given) => given !== keep && given !== languages);
const installed =
  others.length === 0
    ? installToolchain({ keepBuildCache: process.argv.includes(keep), languages: process.argv.includes(languages) })
    : Promise.reject(
        new UsageError(`"${others.join(" ")}" is too much: this command takes only ${keep} and ${languages}.`),
      );

installed.then((toolchain) => process.stdout.write(`${JSON.stringify(toolchain, null, 2)}\n`), exitWithError);
