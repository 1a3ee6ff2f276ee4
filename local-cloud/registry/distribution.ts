import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../src/common/errors";
import { type ManagedProcess, startProcess } from "../processes/process";

/** Where a registry process listens: on a loopback port, or on a Unix socket for a server that stands in front. */
export type Listener = { port: number } | { socket: string };

/** How a registry process knows whose tokens to honour (distribution's `auth.token`). */
export interface TokenAuthentication {
  /** Where a client without a token is sent. */
  realm: string;
  /** Who the token must be for. */
  service: string;
  issuer: string;
  /** File with the issuer's public keys (JSON Web Key Set). */
  jwks: string;
}

export interface RegistryProcessOptions {
  /** What it is to people. */
  name: string;
  /** The `registry` program (distribution 3). */
  executable: string;
  /** Where it keeps its content; its configuration goes beside it. */
  storage: string;
  logFile: string;
  listener: Listener;
  /** Without it anybody may pull and push. */
  authentication?: TokenAuthentication;
}

/**
 * Starts one registry (CNCF distribution) and returns once it answers. Throws as `startProcess` does, and a UserError
 * for a socket whose path is too long.
 */
export async function startRegistryProcess(options: RegistryProcessOptions): Promise<ManagedProcess> {
  const { name, executable, storage, logFile, listener, authentication } = options;
  // Linux takes 107 bytes at most for a socket's path (unix(7)).
  if ("socket" in listener && Buffer.byteLength(listener.socket) > 107) {
    throw new UserError(`the path ${listener.socket} is too long for a socket (107 bytes). Use a shorter --directory.`);
  }
  const configuration = {
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: "port" in listener ? { addr: `127.0.0.1:${listener.port}` } : { net: "unix", addr: listener.socket },
    ...(authentication === undefined ? {} : { auth: { token: authentication } }),
  };
  const file = `${storage}.yaml`;
  mkdirSync(join(storage, "docker/registry/v2/repositories"), { recursive: true }); // Else the catalog of an empty one fails.
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(configuration));
  return startProcess({
    name,
    command: executable,
    args: ["serve", file],
    env: { OTEL_TRACES_EXPORTER: "none" },
    logFile,
    ready: () => answers(listener),
    ...("port" in listener ? { port: listener.port } : {}),
  });
}

function answers(listener: Listener): Promise<boolean> {
  const target = "port" in listener ? { host: "127.0.0.1", port: listener.port } : { socketPath: listener.socket };
  return new Promise((resolve) => {
    request({ ...target, path: "/v2/", agent: false }, (response) => {
      response.resume().once("end", () => resolve(true));
    })
      .once("error", () => resolve(false))
      .end();
  });
}
