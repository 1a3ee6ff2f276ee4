import { join } from "node:path";
import { BareRepository } from "./bare-repository";

/** The Git repositories in a folder: each is a folder of its own, called like its id. */
export class RepositoriesOnDisk {
  constructor(private readonly folder: string) {}

  /** @param repository as the state has it: what a request says is no path */
  of({ id }: { id: string }): BareRepository {
    return new BareRepository(join(this.folder, id));
  }
}
