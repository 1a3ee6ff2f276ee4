import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../src/common/errors";
import { writeInOneStep } from "../../../src/common/files";
import { readStateFile } from "../../state/state-file";
import type { Repositories, RepositoryContents } from "./contents";
import { blobId, type Commit, fileModes } from "./objects";

const commitForm = z.strictObject({
  id: z.string(),
  treeId: z.string(),
  parents: z.array(z.string()),
  comment: z.string(),
  date: z.string(),
  tree: z.record(z.string(), z.strictObject({ id: z.string(), mode: z.enum(fileModes) })),
});

/** Repositories in a folder: each is a folder of its own, in which each object is a file that is named after its id. */
export function repositoriesIn(folder: string): Repositories {
  const open = new Map<string, ContentsOnDisk>();
  return {
    contentsOf({ id }) {
      const contents = open.get(id) ?? new ContentsOnDisk(join(folder, id));
      open.set(id, contents);
      return contents;
    },
    remove({ id }) {
      open.delete(id);
      rmSync(join(folder, id), { recursive: true, force: true });
    },
  };
}

class ContentsOnDisk implements RepositoryContents {
  private readonly commits = new Map<string, Commit>();
  private readonly blobs: string;
  private bytes: number | undefined;

  constructor(private readonly folder: string) {
    this.blobs = join(folder, "blobs");
  }

  commit(id: string | undefined): Commit | undefined {
    // An id can come from a request: it is no path.
    if (id === undefined || !/^[0-9a-f]{40}$/.test(id)) return undefined;
    const known = this.commits.get(id);
    if (known !== undefined) return known;
    const file = this.commitFile(id);
    if (!existsSync(file)) return undefined;
    const commit = readStateFile(file, commitForm);
    this.bytes = undefined; // another process has added it, and its files
    this.commits.set(id, commit);
    return commit;
  }

  blob(id: string): Buffer {
    const file = join(this.blobs, id);
    if (existsSync(file)) return readFileSync(file);
    throw new UserError(
      `the local cloud has lost ${file}, a file of its Git repository. Put back a copy of it, or begin anew: ` +
        "`npx local-cloud reset`.",
    );
  }

  addBlob(content: Buffer): string {
    const id = blobId(content);
    const file = join(this.blobs, id);
    if (existsSync(file)) return id;
    write(file, content);
    if (this.bytes !== undefined) this.bytes += content.length;
    return id;
  }

  addCommit(commit: Commit): void {
    write(this.commitFile(commit.id), JSON.stringify(commit));
    this.commits.set(commit.id, commit);
  }

  size(): number {
    this.bytes ??= existsSync(this.blobs)
      ? readdirSync(this.blobs).reduce((sum, name) => sum + statSync(join(this.blobs, name)).size, 0)
      : 0;
    return this.bytes;
  }

  private commitFile(id: string): string {
    return join(this.folder, "commits", `${id}.json`);
  }
}

function write(file: string, content: Buffer | string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeInOneStep(file, content);
}
