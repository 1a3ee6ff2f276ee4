import { join } from "node:path";
import { installParts } from "../../local-cloud/toolchain";
import { type GoPart, goPart } from "../../local-cloud/toolchain/build";
import { cacheDirectory } from "../../local-cloud/toolchain/cache";
import { findPart } from "../../local-cloud/toolchain/part";

/** What runs the provider's tests. */
export interface Tools {
  /** The CLI that the tests start, and the registry that it takes the provider to be from. */
  cli: { path: string; registry: string };
  /** The tests of the azuredevops provider. */
  tests: string;
}

/**
 * Builds OpenTofu, the provider as a plugin of it (`npm run bench` compares with both) and the provider's tests from their
 * Go modules, into the cache of the toolchain, unless they are there. `$TF_ACC_TERRAFORM_PATH` names a Terraform to use in
 * OpenTofu's place: then only the tests are built.
 *
 * @throws UserError when they cannot be built
 */
export async function installTools(env: NodeJS.ProcessEnv): Promise<Tools> {
  const cache = cacheDirectory(env);
  const [terraform, tofu, tests] = [env.TF_ACC_TERRAFORM_PATH, openTofu(), providerTests()];
  const missing = [...(terraform ? [] : [tofu, providerPlugin()]), tests].filter((part) => !findPart(part, cache));
  if (missing.length > 0) await installParts(missing, [], cache, { env });
  const executable = (part: GoPart) => executableOf(part, cache) ?? "";
  return {
    cli: terraform
      ? { path: terraform, registry: "registry.terraform.io" }
      : { path: executable(tofu), registry: "registry.opentofu.org" },
    tests: executable(tests),
  };
}

/**
 * OpenTofu and the provider as a plugin of it, for who compares with them.
 *
 * @returns undefined unless both are built
 */
export function findOpenTofu(env: NodeJS.ProcessEnv): { tofu: string; provider: string } | undefined {
  const cache = cacheDirectory(env);
  const [tofu, provider] = [openTofu(), providerPlugin()].map((part) => executableOf(part, cache));
  return tofu && provider ? { tofu, provider } : undefined;
}

/** @returns undefined if the part is not built */
function executableOf(part: GoPart, cache: string): string | undefined {
  const directory = findPart(part, cache);
  return directory && join(directory, part.executable);
}

function openTofu(): GoPart {
  return goPart({
    name: "opentofu",
    version: "1.12.6",
    folder: join(__dirname, "go", "opentofu"),
    package: "github.com/opentofu/opentofu/cmd/tofu",
    executable: "tofu",
  });
}

function providerPlugin(): GoPart {
  return goPart({
    name: "terraform-provider-azuredevops",
    version: "1.16.0",
    folder: join(__dirname, "go", "provider"),
    package: "github.com/microsoft/terraform-provider-azuredevops",
    executable: "terraform-provider-azuredevops",
  });
}

function providerTests(): GoPart {
  return goPart({
    name: "azuredevops-acceptance-tests",
    version: "1.16.0",
    folder: join(__dirname, "go", "provider"),
    package: "github.com/microsoft/terraform-provider-azuredevops/azuredevops/internal/acceptancetests",
    executable: "acceptance.test",
    tests: true,
  });
}
