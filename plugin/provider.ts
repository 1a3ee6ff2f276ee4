import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { main } from "@pulumi/pulumi/provider";
import { UserError } from "../src/common/errors";
import { declareJobContainer } from "../src/job-container";
import { askAccount } from "../src/lookups/azure-account";
import { version } from "./package.json";
import { plainArguments } from "./plain-arguments";

/** The one component of the package, by the type that it has in every language. */
const component = "mlops:index:JobContainer";

/**
 * Serves the components to programs in any language. Its schema is a file, so that nobody waits for it to be made.
 */
main(
  {
    version,
    getSchema: () => readFile(join(__dirname, "schema.json"), "utf8"),
    async construct(name, type, inputs, opts) {
      if (type !== component)
        throw new UserError(`the package mlops has no component ${type}: its one is ${component}`);
      const own = await plainArguments(inputs);
      const request = { own, configured: false, account: askAccount(opts) };
      const { jobContainer, outputs } = await declareJobContainer(name, request, opts);
      return { urn: jobContainer.urn, state: { ...outputs, stackOutputs: outputs } };
    },
  },
  process.argv.slice(2),
).catch((error: unknown) => {
  pulumi.log.error(String(error));
  process.exitCode = 1;
});
