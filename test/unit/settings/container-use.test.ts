import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPipeline } from "../../../src/pipeline-files/read-pipeline";
import { requireContainerUse } from "../../../src/settings/container-use";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "use-"));
  mkdirSync(join(folder, ".git"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const resource = "resources: {containers: [{container: lab, image: $(jobContainerImage), endpoint: acrconnection}]}\n";

test.each([
  ["no container has its image", "steps: []\n", /edit it with `npx job-container adopt \S*ci\.yml`$/],
  [
    "no job has the container",
    `${resource}steps: []\n`,
    /give it to a job with `npx job-container adopt \S*ci\.yml --job <name>`$/,
  ],
])("a pipeline of which %s is refused, with the command to type", (_, text, remedy) => {
  const path = join(folder, "ci.yml");
  writeFileSync(path, text);
  expect(() => requireContainerUse([{ kind: "only", path }], "acrconnection", () => [], readPipeline)).toThrow(remedy);
});
