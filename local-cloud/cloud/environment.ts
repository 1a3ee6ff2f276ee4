import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { infrastructureTokenScopes, tokenScopes } from "../../src/common/token-scopes";
import { scopedToken } from "../azuredevops/scoped-token";
import { stackName } from "../start/stack-settings";
import { cacheDirectory } from "../toolchain/cache";
import { addressesOf } from "./addresses";
import { clientSecretOf, operator, subscriptionId, tenantId } from "./identity";
import type { Layout } from "./layout";
import type { CloudSettings } from "./settings";

/** What a team is told to give its token, and nothing besides: what needs more fails here as it would there. */
const documentedScopes = [...Object.values(tokenScopes), ...Object.values(infrastructureTokenScopes)].map(
  ({ id }) => id,
);

/**
 * The variables there are with the local cloud's ({@link variablesOf}) on top of them.
 */
export function environmentOf(
  layout: Layout,
  settings: CloudSettings,
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const variables = variablesOf(layout, settings);
  return { ...inherited, ...variables, PATH: [variables.PATH, inherited.PATH ?? ""].join(delimiter) };
}

/**
 * What a command needs to find the local cloud, in the variables that Pulumi, its providers, buildx and this
 * project's commands read anyway. Nothing in it is a secret of anyone's: it opens this local cloud only.
 */
export function variablesOf(layout: Layout, settings: CloudSettings) {
  return {
    /** Goes before the PATH that there is. */
    PATH: [layout.nodeBin, layout.pulumiBin, layout.dockerBin].join(delimiter),
    PULUMI_HOME: layout.pulumiHome,
    // Without the metadata files that are written beside each state in place: a command that is killed while it writes one
    // leaves it cut short, and then the state cannot be read any more ("EOF"). The state itself is replaced by renaming.
    PULUMI_BACKEND_URL: `${pathToFileURL(layout.stacks).href}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: "local",
    ...signpostsOf(settings),
    AZDO_PERSONAL_ACCESS_TOKEN: scopedToken(settings.personalAccessToken, documentedScopes),
    ARM_CLIENT_ID: operator.clientId,
    ARM_CLIENT_SECRET: clientSecretOf(operator, settings.personalAccessToken),
    ARM_TENANT_ID: tenantId,
    ARM_SUBSCRIPTION_ID: subscriptionId,
    // Of the programs that a command starts: npm's launcher, the program, its host, the local cloud's plugins.
    NODE_COMPILE_CACHE: join(cacheDirectory(), "compiled"),
    BUILDX_CONFIG: layout.buildx,
    DOCKER_CONFIG: layout.docker,
    JOB_CONTAINER_LOCK_FOLDER: layout.condaLocks,
    JOB_CONTAINER_BASE_STACK: stackName,
  };
}

/** Where the local cloud is, without who may come in: steps of pipelines have these too. */
export function signpostsOf({ port }: CloudSettings) {
  const addresses = addressesOf(port);
  return {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    AZDO_ORG_SERVICE_URL: addresses.orgServiceUrl,
    ARM_METADATA_HOSTNAME: addresses.azureMetadata,
    JOB_CONTAINER_CONDA_CHANNEL: addresses.channel,
  };
}
