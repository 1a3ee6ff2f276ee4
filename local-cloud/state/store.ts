import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type * as z from "zod";
import { writeInOneStep } from "../../src/common/files";
import { readStateFile } from "./state-file";

/**
 * A service's state: one JSON file, kept whole in memory. `save` replaces the file in one step, so that a killed process
 * leaves either the old state or the new one.
 */
export class Store<T> {
  readonly data: T;

  /**
   * @param form what the file may hold
   * @param initial the state where there is no file yet
   * @throws UserError if the file holds something else
   */
  constructor(
    private readonly file: string,
    form: z.ZodType<T>,
    initial: () => T,
  ) {
    this.data = existsSync(file) ? readStateFile(file, form) : initial();
  }

  save(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    writeInOneStep(this.file, JSON.stringify(this.data, null, 2));
  }
}
