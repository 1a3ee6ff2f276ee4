import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { npmInTurn } from "../../support/npm-in-turn";
import { printedBy } from "./printed";

/** The last that runs on every Node that the package runs on. */
export const pnpmVersion = "10.34.9";

/** The two packages as `npm pack` makes them, at addresses from which every package manager installs them, and pnpm. */
export class Packages {
  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    readonly jobContainer: string,
    readonly localCloud: string,
  ) {}

  /** The command that runs `job-container init` where nothing is installed. */
  get init() {
    return ["npm", "exec", "--yes", `--package=${this.jobContainer}`, "--", "job-container", "init"] as const;
  }

  /** The folder of the program `pnpm`. */
  get programs(): string {
    return join(this.folder, "node_modules/.bin");
  }

  static async pack(): Promise<Packages> {
    const folder = mkdtempSync(join(tmpdir(), "packages-"));
    for (const workspace of [[], ["--workspace", "local-cloud"]]) {
      npmInTurn("pack", "--silent", ...workspace, "--pack-destination", folder);
    }
    const pnpm = ["install", "--silent", "--no-save", "--no-audit", "--prefix", folder, `pnpm@${pnpmVersion}`];
    execFileSync("npm", pnpm, { stdio: "pipe" });
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

  /**
   * @param project the project folder, from the repository root
   * @param files what there is besides the example, by its path
   * @param programs a folder of programs that the team has
   * @param hasExample whether the example is there
   */
  constructor(
    private readonly project: string,
    files: Record<string, string>,
    private readonly programs: string,
    hasExample = true,
  ) {
    if (hasExample) cpSync(resolve("examples/diabetes_regression"), this.root, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
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

  /** Runs a command in the project folder, as `succeedIn` does. */
  async succeed(program: string, ...args: string[]): Promise<string> {
    return this.succeedIn(this.project, program, ...args);
  }

  /**
   * Runs a command in a folder, with nothing of this repository in its environment.
   *
   * @returns what it printed
   * @throws Error with all of its output if it fails
   */
  async succeedIn(folder: string, program: string, ...args: string[]): Promise<string> {
    const { PATH = "", ...others } = process.env;
    const kept = Object.entries(others).filter(([name]) => !/^npm_|^(?:INIT_CWD|NODE_ENV|JEST_WORKER_ID)$/i.test(name));
    const path = PATH.split(":").filter((one) => !one.startsWith(resolve("node_modules")));
    const env = { ...Object.fromEntries(kept), PATH: [this.programs, ...path].join(":") };
    const child = spawn(program, args, { cwd: join(this.root, folder), env });
    child.stdin.end();
    const printed = printedBy(child);
    const [code] = await once(child, "close");
    const { stdout, stderr } = printed;
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
