import { exitWithError } from "./errors";
import { installToolchain } from "./index";

installToolchain().then((toolchain) => process.stdout.write(`${JSON.stringify(toolchain, null, 2)}\n`), exitWithError);
