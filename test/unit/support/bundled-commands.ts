import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";

const root = resolve(__dirname, "../../..");

/** The programs, by the path of their file. */
const commands = ["src/cli/main", "local-cloud/cli/main", "local-cloud/toolchain/cli"] as const;

export type CommandName = (typeof commands)[number];

/** What the program's folder has for a command to go wrong on. */
const copied = ["Pulumi.yaml", "Pulumi.dev.yaml", "docker", "package.json"];

/** A folder like this project's with its commands, each in one file: so many can be run in little time. */
export class BundledCommands {
  private constructor(
    /** Has `node_modules`, and what Node has compiled, beside the folder: who lists its files does not meet them. */
    private readonly parent: string,
    readonly folder: string,
  ) {}

  static async make(): Promise<BundledCommands> {
    const parent = mkdtempSync(join(tmpdir(), "commands-"));
    const folder = join(parent, "program");
    await build({
      entryPoints: commands.map((name) => join(root, `${name}.ts`)),
      outbase: root,
      outdir: folder,
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["@conda-org/rattler", "esbuild", "tsx/cjs", "fastify", "xmlbuilder2"],
      logLevel: "error",
    });
    for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
    // What the first of them reads beside itself, as in `dist/`.
    cpSync(join(root, "src/conda/package-names/conda-forge.txt"), join(folder, "src/cli/conda-forge.txt"));
    symlinkSync(join(root, "node_modules"), join(parent, "node_modules"));
    mkdirSync(join(folder, "home"));
    return new BundledCommands(parent, folder);
  }

  write(path: string, content: string | Uint8Array): void {
    mkdirSync(join(this.folder, path, ".."), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** All files with their content, without the commands themselves. */
  files(): Map<string, string> {
    const found = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".js"))
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(found.map((path) => [path, readFileSync(path, "latin1")]));
  }

  /** Runs a command in the folder, with nobody's environment but this. */
  async run(name: CommandName, args: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [join(this.folder, `${name}.js`), ...args], {
      cwd: this.folder,
      env: {
        PATH: "/usr/bin:/bin",
        HOME: join(this.folder, "home"),
        // Compiling takes half of a command's time.
        NODE_COMPILE_CACHE: join(this.parent, "compiled"),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((end) => child.once("close", end));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { stdout, stderr, code };
  }

  remove(): void {
    rmSync(this.parent, { recursive: true });
  }
}
