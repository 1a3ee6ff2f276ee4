import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../src/common/errors";

/**
 * A service's state: one JSON file, kept whole in memory. `save` replaces the file in one step (write beside it,
 * then rename), so that a killed process leaves either the old state or the new one.
 */
export class Store<T> {
  readonly data: T;

  constructor(
    private readonly file: string,
    initial: () => T,
  ) {
    this.data = existsSync(file) ? read(file) : initial();
  }

  save(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const next = `${this.file}.next`;
    writeFileSync(next, JSON.stringify(this.data, null, 2));
    renameSync(next, this.file);
  }
}

/** @throws UserError if the file is damaged */
function read<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    throw new UserError(
      `the local cloud's state in ${file} is damaged: ${error instanceof Error ? error.message : error}. Put back a ` +
        "copy of the file, or begin anew: `npm run local-cloud -- reset`.",
    );
  }
}
