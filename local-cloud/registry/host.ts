import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../../src/common/errors";
import { addressAt } from "../cloud/addresses";
import { registryIssuer, type TokenIssuer } from "../cloud/identity";
import { isFree, type ManagedProcess, type ProcessRecord } from "../processes/process";
import type { Store } from "../state/store";
import { startRegistryProcess } from "./distribution";
import { createFront } from "./front";
import { keepBlobOnce } from "./keep-once";
import { listen } from "./listen";
import { MetadataApi } from "./metadata-api";
import { type IsAllowed, TokenService } from "./token-service";

/** What Azure Resource Manager needs of whoever runs the registries. Both calls may be repeated. */
export interface RegistryHost {
  /** Makes a registry run, and returns its login server (`host:port`). */
  create(name: string, resourceId: string): Promise<string>;
  /** Ends a registry and deletes its content. */
  remove(name: string): Promise<void>;
}

/** One Azure container registry. Its port is its login server's, and stays the same over restarts. */
const registryForm = z.strictObject({ name: z.string(), resourceId: z.string(), port: z.int() });

export type RegistryEntry = z.output<typeof registryForm>;

export const registriesForm = z.strictObject({ registries: z.array(registryForm) });

export type RegistriesState = z.output<typeof registriesForm>;

/** No registry yet. */
export function noRegistries(): RegistriesState {
  return { registries: [] };
}

export interface RegistriesOptions {
  store: Store<RegistriesState>;
  /** The local cloud's directory. */
  directory: string;
  /** The `registry` program (distribution 3). */
  executable: string;
  /** Ports for login servers, both ends included. */
  ports: { first: number; last: number };
  tokens: TokenIssuer;
  isAllowed: IsAllowed;
  /** Whether the registry of an ARM id answers on the public network. */
  isPublic: (resourceId: string) => boolean;
  /** Whether the registry of an ARM id takes tokens for Azure Resource Manager. */
  takesManagementTokens: (resourceId: string) => boolean;
  /** Called when `processes` has changed: of one that is to end, before it does. */
  onProcesses?: () => void;
  /** Is given the server of each registry before it listens. */
  onFront?: (name: string, front: Server) => void;
}

/** The Azure container registries of the local cloud: for each a real registry process, and ACR's front before it. */
export class Registries implements RegistryHost {
  private readonly running = new Map<string, { front: Server; process: ManagedProcess }>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: RegistriesOptions) {}

  /** Brings every registry of the state up again. */
  async start(): Promise<void> {
    await this.oneAtATime(async () => {
      for (const entry of this.entries()) await this.run(entry);
    });
  }

  /** Ends every registry; their content stays. */
  async stop(): Promise<void> {
    await this.oneAtATime(async () => {
      await Promise.all([...this.running.keys()].map((name) => this.end(name)));
    });
  }

  /** @throws UserError when every port is taken; Error when another resource has a registry of this name. */
  async create(name: string, resourceId: string): Promise<string> {
    return this.oneAtATime(async () => {
      const known = this.find(name);
      if (known !== undefined) {
        if (known.resourceId.toLowerCase() !== resourceId.toLowerCase())
          throw new Error(`registry ${name} belongs to ${known.resourceId}`);
        await this.run(known);
        return loginServer(known);
      }
      const entry = { name, resourceId, port: await this.freePort() };
      await this.run(entry);
      this.entries().push(entry);
      this.options.store.save();
      return loginServer(entry);
    });
  }

  async remove(name: string): Promise<void> {
    await this.oneAtATime(async () => {
      const entry = this.find(name);
      if (entry === undefined) return;
      await this.end(entry.name);
      this.entries().splice(this.entries().indexOf(entry), 1);
      this.options.store.save();
      rmSync(this.storage(entry), { recursive: true, force: true });
      rmSync(`${this.storage(entry)}.yaml`, { force: true });
    });
  }

  /** What exists, in the order of creation. */
  list(): { name: string; loginServer: string }[] {
    return this.entries().map((entry) => ({ name: entry.name, loginServer: loginServer(entry) }));
  }

  /** The registry processes that run now. */
  processes(): ProcessRecord[] {
    return [...this.running.values()].map(({ process }) => process.record);
  }

  private async run(entry: RegistryEntry): Promise<void> {
    if (this.running.has(entry.name)) return;
    const { directory, executable, tokens, isAllowed, isPublic, takesManagementTokens } = this.options;
    const server = loginServer(entry);
    const logFile = join(directory, "logs", `registry-${entry.name}.log`);
    const socket = this.socket(entry);
    const jwks = join(directory, "registries", "jwks.json");
    mkdirSync(join(directory, "registries"), { recursive: true });
    writeFileSync(jwks, JSON.stringify(tokens.jwks));

    const process = await startRegistryProcess({
      name: `registry ${entry.name}`,
      executable,
      storage: this.storage(entry),
      logFile,
      listener: { socket },
      authentication: { realm: `http://${server}/oauth2/token`, service: server, issuer: registryIssuer, jwks },
    });
    const service = new TokenService({
      ...{ loginServer: server, resourceId: entry.resourceId, tokens, isAllowed },
      takesManagementTokens: () => takesManagementTokens(entry.resourceId),
    });
    const metadata = new MetadataApi({ loginServer: server, storage: this.storage(entry), tokens });
    const front = createFront({
      ...{ socket, service, metadata },
      onBlob: (digest) => keepBlobOnce(directory, this.storage(entry), digest),
      isPublic: () => isPublic(entry.resourceId),
      log: (line) => appendFileSync(logFile, `${line}\n`),
    });
    this.options.onFront?.(entry.name, front);
    try {
      await listen(front, entry.port, `registry ${entry.name}`);
    } catch (error) {
      await process.stop();
      throw error;
    }
    this.running.set(entry.name, { front, process });
    this.options.onProcesses?.();
  }

  private async end(name: string): Promise<void> {
    const entry = this.running.get(name);
    if (entry === undefined) return;
    this.running.delete(name);
    this.options.onProcesses?.();
    entry.front.close();
    entry.front.closeAllConnections();
    await entry.process.stop();
  }

  private entries(): RegistryEntry[] {
    return this.options.store.data.registries;
  }

  /** Azure compares resource names without regard to case. */
  private find(name: string): RegistryEntry | undefined {
    return this.entries().find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  }

  private storage(entry: RegistryEntry): string {
    return join(this.options.directory, "registries", entry.name.toLowerCase());
  }

  private socket(entry: RegistryEntry): string {
    return join(this.options.directory, "registries", `${entry.port}.sock`);
  }

  private async freePort(): Promise<number> {
    const { first, last } = this.options.ports;
    const taken = new Set(this.entries().map(({ port }) => port));
    for (let port = first; port <= last; port++) if (!taken.has(port) && (await isFree(port))) return port;
    throw new UserError(`no port is free for another registry between ${first} and ${last}. Delete a registry first.`);
  }

  /** Azure Resource Manager serves requests side by side; ports and processes are better given out in turn. */
  private oneAtATime<T>(action: () => Promise<T>): Promise<T> {
    const result = this.queue.then(action);
    this.queue = result.catch(() => {});
    return result;
  }
}

function loginServer({ port }: RegistryEntry): string {
  return addressAt(port);
}
