import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { makeBaseImage } from "../../../local-cloud/base-image";
import { runInside, runIsolated, runPip, unstopped } from "../../../local-cloud/base-image/inside";
import { cacheDirectory, makeDirectory, recipeHash } from "../../../local-cloud/toolchain/cache";

const requirements = "check-jsonschema-requirements.txt";
const work = unstopped();

/**
 * check-jsonschema (https://check-jsonschema.readthedocs.io), in the base image's file system with its Python. It is
 * installed once per machine and kept in the cache.
 */
export class CheckJsonschema {
  private constructor(private readonly root: string) {}

  static async install(): Promise<CheckJsonschema> {
    const image = await makeBaseImage(cacheDirectory(), work);
    const recipe = recipeHash(__dirname, [requirements], [image.recipe]);
    const root = join(cacheDirectory(), `check-jsonschema-${recipe}`);
    if (!existsSync(root)) {
      await makeDirectory(root, async (partial) => {
        await runIsolated(["tar", "--extract", "--file", image.rootfs, "--directory", partial], work);
        cpSync(join(__dirname, requirements), join(partial, "tmp", requirements));
        const options = [
          "--only-binary=:all:",
          "--no-deps",
          "--target=/opt/library",
          `--requirement=/tmp/${requirements}`,
        ];
        await runPip(partial, image.pipWheel, ["install", ...options], work);
      });
    }
    return new CheckJsonschema(root);
  }

  /**
   * Validates pipelines' files against Azure Pipelines' published schema
   * (https://github.com/microsoft/azure-pipelines-vscode/blob/main/service-schema.json), template expressions put aside.
   *
   * @param files their paths on this machine
   * @returns what is wrong with them, in lines; none if they are valid
   */
  async pipelineProblems(...files: string[]): Promise<string[]> {
    const folder = mkdtempSync(join(this.root, "tmp/pipeline-"));
    const lines: string[] = [];
    try {
      const inside = files.map((file, index) => {
        const copy = join(folder, `${index}`, basename(file));
        mkdirSync(dirname(copy));
        writeFileSync(copy, withoutTargetOfTasks(readFileSync(file, "utf8")));
        return join("/", relative(this.root, copy));
      });
      // The schema has expressions that ECMAScript knows without Unicode only.
      const schema = ["--builtin-schema=vendor.azure-pipelines", "--data-transform=azure-pipelines"];
      const options = [...schema, "--regex-variant=nonunicode", "--force-filetype=yaml", ...inside];
      const command = ["env", "PYTHONPATH=/opt/library", "python3", "-m", "check_jsonschema", ...options];
      await runInside(
        this.root,
        command,
        unstopped((line) => lines.push(line)),
      );
      return [];
    } catch (error) {
      if (lines.length === 0) throw error;
      return lines;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/**
 * The schema has `target` for scripts only, and the service for every step:
 * https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-task
 */
function withoutTargetOfTasks(yaml: string): string {
  let isTask = false;
  const lines = yaml.split("\n").filter((line) => {
    const [, key] = /^\s*- (\w+):/.exec(line) ?? [];
    if (key !== undefined) isTask = key === "task";
    return !(isTask && /^\s+target: \{.*\}$/.test(line));
  });
  return lines.join("\n");
}
