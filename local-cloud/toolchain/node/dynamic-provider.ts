import { createRequire } from "node:module";
import { join } from "node:path";
import { endWithParent } from "./parent";

// The engine starts this in the program's directory: the SDK that defines a dynamic provider is the one that serves it.
createRequire(join(process.cwd(), "package.json"))("@pulumi/pulumi/cmd/dynamic-provider");
endWithParent();
