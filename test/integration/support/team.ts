import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { printedBy } from "./printed";

/** What a command printed, and how it ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The two packages as `npm pack` makes them, at addresses from which every package manager installs them. */
export class Packages {
  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    readonly jobContainer: string,
    readonly localCloud: string,
  ) {}

  static async pack(): Promise<Packages> {
    const folder = mkdtempSync(join(tmpdir(), "packages-"));
    for (const workspace of [[], ["--workspace", "local-cloud"]]) {
      execFileSync("npm", ["pack", "--silent", ...workspace, "--pack-destination", folder], { stdio: "pipe" });
    }
    const server = createServer((request, response) => {
      try {
        response.end(readFileSync(join(folder, basename(request.url ?? ""))));
      } catch {
        response.writeHead(404).end();
      }
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const address = (name: string) =>
      `http://127.0.0.1:${port}/${readdirSync(folder).find((file) => file.startsWith(`${name}-`))}`;
    return new Packages(folder, server, address("job-container"), address("local-cloud"));
  }

  remove(): void {
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** A team's repository: a copy of the example with Git, outside of this one. */
export class Team {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "team-")));

  /** @param project the project folder, from the repository root */
  constructor(readonly project: string) {
    cpSync(resolve("examples/diabetes_regression"), this.root, { recursive: true });
    this.git("init", "--quiet", "--initial-branch", "master");
    this.commit("As it is before");
  }

  git(...args: string[]): string {
    const person = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"];
    return execFileSync("git", ["-C", this.root, ...person, ...args], { encoding: "utf8" });
  }

  commit(message: string): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
  }

  /** Paths of what Git would add or has changed. */
  changed(): string[] {
    return this.git("status", "--porcelain", "--untracked-files=all")
      .split("\n")
      .flatMap((line) => line.slice(3) || []);
  }

  /** Runs a command in the project folder, with nothing of this repository in its environment. */
  async run(program: string, ...args: string[]): Promise<Ended> {
    return this.runIn(this.project, program, ...args);
  }

  async runIn(folder: string, program: string, ...args: string[]): Promise<Ended> {
    const { PATH = "", HOME } = process.env;
    const own = PATH.split(":").filter((one) => !one.startsWith(resolve("node_modules")));
    const child = spawn(program, args, { cwd: join(this.root, folder), env: { PATH: own.join(":"), HOME } });
    child.stdin.end();
    const output = printedBy(child);
    const [code] = await once(child, "close");
    return { code, ...output };
  }

  /** The same, of a command that has to succeed. @returns what it printed */
  async succeed(program: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(program, ...args);
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
