import { type ExecFileException, execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { messageOf } from "../common/errors";
import { ImageError } from "./error";
import { dockerHub } from "./reference";
import type { RegistryLogin } from "./registry-login";

/** What Docker's configuration knows Docker Hub by. */
const dockerHubKey = "https://index.docker.io/v1/";

/** The user name under which a helper's secret is an identity token. */
const tokenUser = "<token>";

/** What a helper prints when it knows no login for a registry. */
const notFound = "credentials not found in native keychain";

/** How long a helper may take, in milliseconds. */
const timeout = 30_000;

const configForm = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

const helperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/**
 * The login that `docker login` or `az acr login` has left for a registry, found as Docker finds it: by the registry's
 * helper, else the store of all logins, else in the file itself
 * (https://docs.docker.com/reference/cli/docker/login/#credential-stores).
 *
 * @param registry host and, if it has one, port
 * @returns undefined if there is none
 * @throws ImageError if the configuration or a helper does not work
 */
export async function dockerLogin(
  registry: string,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryLogin | undefined> {
  const file = join(environment.DOCKER_CONFIG || join(homedir(), ".docker"), "config.json");
  if (!existsSync(file)) return undefined;
  const { auths, credHelpers, credsStore } = readConfig(file);
  const key = registry === dockerHub ? dockerHubKey : registry;
  const helper = credHelpers[key] ?? credsStore;
  if (helper) return askHelper(helper, key, file, environment);

  const { auth, identitytoken } = auths[key] ?? Object.entries(auths).find(([name]) => hostOf(name) === key)?.[1] ?? {};
  if (identitytoken) return { identityToken: identitytoken };
  if (!auth) return undefined;
  const [, username, password] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, "base64").toString("utf8")) ?? [];
  if (username === undefined || password === undefined) {
    throw new ImageError(
      `the login for ${key} in ${file} is not a user and a password. Sign in again: \`docker login ${registry}\`.`,
    );
  }
  return { username, password };
}

function readConfig(file: string): z.output<typeof configForm> {
  try {
    return configForm.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new ImageError(`Docker's configuration ${file} cannot be read: ${reason}. Correct it or sign in again.`);
  }
}

/** Runs a helper by its protocol: https://github.com/docker/docker-credential-helpers */
async function askHelper(
  name: string,
  key: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<RegistryLogin | undefined> {
  const program = `docker-credential-${name}`;
  const { error, stdout } = await run(program, key, env);
  if (error && stdout.trim() === notFound) return undefined;
  if (error) {
    const reason =
      error.code === "ENOENT" ? "there is no such program on PATH" : stdout.trim() || error.message.split("\n", 1)[0];
    throw new ImageError(`${program}, which ${file} names, gives no login for ${key}: ${reason}.`);
  }
  const answer = parseAnswer(stdout);
  if (answer === undefined)
    throw new ImageError(`${program}, which ${file} names, gave no user and secret for ${key}.`);
  const { Username: username, Secret: secret } = answer;
  return username === tokenUser ? { identityToken: secret } : { username, password: secret };
}

function parseAnswer(stdout: string): z.output<typeof helperAnswer> | undefined {
  try {
    return helperAnswer.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}

function run(program: string, input: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ error: ExecFileException | null; stdout: string }>((resolve) => {
    const child = execFile(program, ["get"], { env, timeout }, (error, stdout) => resolve({ error, stdout }));
    child.stdin?.on("error", () => {}); // a helper may end without reading it; its exit code tells
    child.stdin?.end(input);
  });
}

/** The host in a key of `auths`: old configurations have URLs there. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? key;
}
