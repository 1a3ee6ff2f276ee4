/** Environment variables that hold secrets of the person, or of the pipeline's run, that a command is for. */
export const secretVariables = [
  "AZDO_PERSONAL_ACCESS_TOKEN",
  "SYSTEM_ACCESSTOKEN",
  "GITHUB_TOKEN",
  "ARM_CLIENT_SECRET",
  "ARM_CLIENT_CERTIFICATE_PASSWORD",
  "ARM_OIDC_TOKEN",
  "ARM_OIDC_REQUEST_TOKEN",
  "AZURE_CLIENT_SECRET",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
  "AZURE_STORAGE_KEY",
  "AZURE_STORAGE_SAS_TOKEN",
] as const;

/** The secrets in an environment. */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return secretVariables.flatMap((name) => env[name] || []);
}

/** An environment for a process that needs none of the secrets. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = new Set<string>(secretVariables);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.has(name)));
}
