import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../../../local-cloud/cloud/layout";
import { reset } from "../../../local-cloud/cloud/stop";
import { up } from "../../../local-cloud/cloud/up";
import { reservePorts } from "../../support/ports";
import { projectRepository } from "../../support/repository";
import { directoryVariable } from "./local-cloud";

/**
 * Gives the tests of a file a local cloud of their own, instead of the one that all share. To be called before the
 * file's own `beforeAll`, and `afterAll` needs to take nothing away that is in it.
 */
export function useOwnCloud(): void {
  const layout = layoutOf(mkdtempSync(join(tmpdir(), "job-container-")));
  beforeAll(async () => {
    process.env[directoryVariable] = layout.directory;
    await up(layout, { repository: projectRepository, port: await reservePorts() });
  }, 1_800_000); // the first one of a machine builds the toolchain
  afterAll(() => reset(layout));
}
