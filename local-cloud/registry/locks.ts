import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { readStateFile } from "../state/state-file";

const attributesForm = z.strictObject({ deleteEnabled: z.boolean(), writeEnabled: z.boolean() });

/** Whether something may be deleted and written. Who may not write may not delete either, as with Azure. */
export type Attributes = z.output<typeof attributesForm>;

const locksForm = z.record(z.string(), attributesForm);

/**
 * What is locked in a registry (https://learn.microsoft.com/azure/container-registry/container-registry-image-lock), by
 * the names that `az` has for it: `repository`, `repository:tag`, `repository@sha256:…`.
 */
export class Locks {
  private readonly file: string;

  /** @param storage where the registry process keeps its content: the locks go with it */
  constructor(storage: string) {
    this.file = join(storage, "locks.json");
  }

  of(name: string): Attributes {
    return this.read()[name] ?? { deleteEnabled: true, writeEnabled: true };
  }

  set(name: string, attributes: Attributes): void {
    this.write({ ...this.read(), [name]: attributes });
  }

  mayDelete(...names: string[]): boolean {
    return names.map((name) => this.of(name)).every(({ deleteEnabled, writeEnabled }) => deleteEnabled && writeEnabled);
  }

  mayWrite(...names: string[]): boolean {
    return names.every((name) => this.of(name).writeEnabled);
  }

  /** What was deleted has no locks any more, and gets none of them when it comes back. */
  forget(isGone: (name: string) => boolean): void {
    this.write(Object.fromEntries(Object.entries(this.read()).filter(([name]) => !isGone(name))));
  }

  private read(): Record<string, Attributes> {
    return existsSync(this.file) ? readStateFile(this.file, locksForm) : {};
  }

  private write(locks: Record<string, Attributes>): void {
    writeFileSync(this.file, JSON.stringify(locks, null, 2));
  }
}
