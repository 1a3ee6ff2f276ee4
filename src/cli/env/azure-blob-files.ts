import { ContainerClient, RestError, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureCliCredential } from "./azure-cli-credential";
import type { BackendFiles } from "./backend-files";

/**
 * Files in a container of Azure Blob Storage (`azblob://<container>`), which the same environment variables and query
 * parameters lead to that Pulumi goes by: `blob/azureblob` in gocloud.dev. Where these have no key and no signature, the
 * Azure CLI signs in, as it does for Pulumi.
 *
 * @returns undefined if the backend is elsewhere, or nothing says in which account
 */
export function filesInAzureBlobs(url: string, env: NodeJS.ProcessEnv): BackendFiles | undefined {
  const match = /^azblob:\/\/([^/?]+)\/?([^?]*)(?:\?(.*))?$/.exec(url);
  if (match === null) return undefined;
  const [, name = "", folder = "", query] = match;
  const container = containerOf(name, new URLSearchParams(query), env);
  if (container === undefined) return undefined;
  const prefix = folder === "" ? "" : `${folder.replace(/\/$/, "")}/`;
  return {
    async read(path) {
      try {
        return await container.getBlobClient(prefix + path).downloadToBuffer();
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return undefined;
        throw error;
      }
    },
    async beginning(path) {
      const names: string[] = [];
      for await (const blob of container.listBlobsByHierarchy("/", { prefix: prefix + path })) {
        if (blob.kind === "blob") names.push(blob.name.slice(prefix.length));
      }
      return names;
    },
  };
}

/** What does not answer is left to Pulumi soon. */
const options = { retryOptions: { maxTries: 2, retryDelayInMs: 500, tryTimeoutInMs: 10_000 } };

function containerOf(name: string, query: URLSearchParams, env: NodeJS.ProcessEnv): ContainerClient | undefined {
  const { AZURE_STORAGE_KEY: key, AZURE_STORAGE_SAS_TOKEN: signature, AZURE_STORAGE_CONNECTION_STRING: all } = env;
  const account = query.get("storage_account") || env.AZURE_STORAGE_ACCOUNT;
  if (!account) return undefined;
  const domain = query.get("domain") || env.AZURE_STORAGE_DOMAIN || "blob.core.windows.net";
  const isLocal =
    /^(127\.0\.0\.1|localhost)/.test(domain) ||
    (query.get("localemu") || env.AZURE_STORAGE_IS_LOCAL_EMULATOR) === "true";
  const protocol = query.get("protocol") || env.AZURE_STORAGE_PROTOCOL || "https";
  const isCdn = (query.get("cdn") || env.AZURE_STORAGE_IS_CDN) === "true";
  const host = isLocal ? `${domain}/${account}` : isCdn ? domain : `${account}.${domain}`;
  const url = `${protocol}://${host}/${name}`;
  if (key) return new ContainerClient(url, new StorageSharedKeyCredential(account, key), options);
  if (signature) return new ContainerClient(`${url}?${signature.replace(/^\?/, "")}`, undefined, options);
  if (all) return new ContainerClient(all, name, options);
  return new ContainerClient(url, azureCliCredential, options);
}
