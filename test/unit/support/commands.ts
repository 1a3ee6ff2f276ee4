import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";

const root = resolve(__dirname, "../../..");

/** What Node runs as each command. */
const commands = {
  "job-container": [join(root, "src/cli/job-container.js")],
  "local-cloud": [join(root, "local-cloud/cli/local-cloud.js")],
  toolchain: ["--require", join(root, "fast.js"), join(root, "local-cloud/toolchain/cli.ts")],
};

export type CommandName = keyof typeof commands;

/** What the program's folder has for a command to go wrong on. */
const copied = ["Pulumi.yaml", "Pulumi.dev.yaml", "docker", "package.json"];

/** A folder like this project's, in which its commands are run. */
export class Commands {
  readonly folder = join(mkdtempSync(join(tmpdir(), "commands-")), "program");

  constructor() {
    for (const name of copied) cpSync(join(root, name), join(this.folder, name), { recursive: true });
    mkdirSync(join(this.folder, "home"));
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(join(this.folder, path, ".."), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** All files with their content. */
  files(): Map<string, string> {
    const found = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(found.map((path) => [path, readFileSync(path, "latin1")]));
  }

  /** Runs a command in the folder, with nobody's environment but this. */
  async run(name: CommandName, args: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [...commands[name], ...args], {
      cwd: this.folder,
      env: { PATH: "/usr/bin:/bin", HOME: join(this.folder, "home"), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((end) => child.once("close", end));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { stdout, stderr, code };
  }

  remove(): void {
    rmSync(dirname(this.folder), { recursive: true });
  }
}
