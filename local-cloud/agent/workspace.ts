import {
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { agentUser } from "./containers/machine";
import { copyTree } from "./copy-tree";

/**
 * A job's work folder: on this machine in a directory of the local cloud's, and for steps at one path
 * (`/home/vsts/work` on the agent's machine, `/__w` in a container).
 */
export class Workspace {
  /** Folders as steps know them. */
  readonly paths: {
    workspace: string;
    sources: string;
    staging: string;
    binaries: string;
    testResults: string;
    temporary: string;
    /** Where tools are put that are not the machine's own. */
    tools: string;
  };

  /**
   * @param host an empty directory on this machine
   * @param inside where steps see it
   */
  constructor(
    private readonly host: string,
    readonly inside: string,
  ) {
    const workspace = posix.join(inside, "1");
    this.paths = {
      workspace,
      sources: posix.join(workspace, "s"),
      staging: posix.join(workspace, "a"),
      binaries: posix.join(workspace, "b"),
      testResults: posix.join(workspace, "TestResults"),
      temporary: posix.join(inside, "_temp"),
      tools: posix.join(inside, "_tool"),
    };
    chownSync(host, agentUser.uid, agentUser.gid);
    for (const path of Object.values(this.paths)) {
      mkdirSync(this.mapped(path), { recursive: true });
      chownSync(this.mapped(path), agentUser.uid, agentUser.gid);
    }
  }

  /**
   * Where on this machine a path of a step's is.
   *
   * @param path absolute, or relative to the sources
   * @throws Error if it is not in the work folder (steps see other files than this process), or does not exist
   */
  hostPath(path: string): string {
    const absolute = this.insidePath(path);
    const mapped = this.mapped(absolute);
    if (this.isInside(absolute) && !existsSync(mapped)) throw new Error(`${path} does not exist (${absolute}).`);
    const real = this.isInside(absolute) ? realpathSync(mapped) : "";
    if (real === this.host || real.startsWith(`${this.host}/`)) return real;
    throw new Error(`${path} is not in the agent's work folder ${this.inside}. Name a file of the repository.`);
  }

  /** @param path absolute, or relative to the sources; false for one that is not in the work folder */
  exists(path: string): boolean {
    const absolute = this.insidePath(path);
    return this.isInside(absolute) && existsSync(this.mapped(absolute));
  }

  /**
   * All files in a folder and the folders in it, as steps know them, links among them; a file has itself. Empty if there
   * is no such path.
   *
   * @param path absolute, or relative to the sources
   * @throws Error if it is not in the work folder
   */
  filesBelow(path: string): string[] {
    const absolute = this.insidePath(path);
    if (this.isInside(absolute) && !existsSync(this.mapped(absolute))) return [];
    const folder = this.hostPath(path);
    if (!lstatSync(folder).isDirectory()) return [absolute];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => posix.join(absolute, relative(folder, join(entry.parentPath, entry.name))))
      .sort();
  }

  /** A path as steps see it: absolute, or relative to the sources. */
  insidePath(path: string): string {
    return posix.resolve(this.paths.sources, path);
  }

  /**
   * Puts a folder of this machine in the place of the sources folder, whatever was there, and gives all in it to the
   * agent's user.
   *
   * @param folder on the same disk
   */
  replaceSources(folder: string): void {
    const sources = this.mapped(this.paths.sources);
    for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      lchownSync(join(parentPath, name), agentUser.uid, agentUser.gid);
    }
    chownSync(folder, agentUser.uid, agentUser.gid);
    rmSync(sources, { recursive: true, force: true });
    // A step may have put a link in its place, and this process may write where steps may not.
    if (realpathSync(dirname(sources)) !== dirname(sources)) throw new Error(`${this.paths.workspace} is a link.`);
    renameSync(folder, sources);
  }

  /**
   * Copies a file or a folder of this machine into the work folder, over what is there, and gives it to the agent's user.
   * Links stay links.
   *
   * @param source on this machine
   * @param path absolute, or relative to the sources
   * @throws Error if it is not in the work folder
   */
  copyIn(source: string, path: string): void {
    copyTree(source, this.targetOf(path));
  }

  /** Copies a file or a folder of the work folder to a path of this machine where nothing is. Links stay links. */
  copyOut(path: string, target: string): void {
    cpSync(this.hostPath(path), target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }

  /** Removes what is in a folder, or a file in its place; nothing if there is neither. */
  empty(path: string): void {
    const target = this.targetOf(path);
    if (!existsSync(target)) return;
    if (!lstatSync(target).isDirectory()) rmSync(target);
    else for (const name of readdirSync(target)) rmSync(join(target, name), { recursive: true, force: true });
  }

  /**
   * Writes a file of the agent's into its temporary folder, and returns its path for steps.
   *
   * @param name of a file that is not there, or of one in a folder that is not there
   */
  writeTemporary(name: string, text: string): string {
    const folder = this.temporaryFolder();
    const file = join(folder, name);
    if (dirname(file) !== folder) mkdirSync(dirname(file));
    writeFileSync(file, text, { mode: 0o644, flag: "wx" });
    return posix.join(this.paths.temporary, name);
  }

  /** Removes what the agent wrote into its temporary folder, if it is there. */
  removeTemporary(name: string): void {
    rmSync(join(this.temporaryFolder(), name), { recursive: true, force: true });
  }

  /**
   * Where on this machine something may be put: its folder is made, and belongs to the agent's user.
   *
   * A step may have left links in the work folder, and this process may write where steps may not.
   */
  private targetOf(path: string): string {
    const absolute = this.insidePath(path);
    const refused = new Error(`${path} is not in the agent's work folder ${this.inside}. Name a folder in it.`);
    if (!this.isInside(absolute)) throw refused;
    const folder = this.mapped(posix.dirname(absolute));
    const missing: string[] = [];
    let there = folder;
    for (; !existsSync(there); there = dirname(there)) missing.unshift(there);
    const real = realpathSync(there);
    if (real !== this.host && !real.startsWith(`${this.host}/`)) throw refused;
    for (const each of missing.map((one) => join(real, relative(there, one)))) {
      mkdirSync(each);
      chownSync(each, agentUser.uid, agentUser.gid);
    }
    return join(real, relative(there, folder), posix.basename(absolute));
  }

  private temporaryFolder(): string {
    const folder = this.mapped(this.paths.temporary);
    if (lstatSync(folder).isSymbolicLink()) throw new Error(`${this.paths.temporary} is a link.`);
    return folder;
  }

  private isInside(path: string): boolean {
    return path === this.inside || path.startsWith(`${this.inside}/`);
  }

  private mapped(path: string): string {
    return join(this.host, posix.relative(this.inside, path));
  }
}
