import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StackOutputs } from "../../../src/common/outputs";
import { type Ended, Program } from "../../support/program";
import { pushBranch } from "./branches";
import { azureDevOps, digestOfTag, tagsOf } from "./far-side";
import { localCloud, localCloudDirectory } from "./local-cloud";

/** Repository of a base environment's image. */
export const image = "mlops/diabetes_regression";

/** Names of a base environment's definitions. Those of a branch end with its environment's name in parentheses. */
export const ownDefinitions = ["mlops-diabetes_regression-image-build", "mlops-diabetes_regression-model"];

/** A branch environment, as `env list --json` has it. */
interface Listed {
  name: string;
  branch: string;
  stack: string;
  image?: string;
  state: string;
  branchExists: boolean;
}

/** What a command printed. @throws Error if it failed */
export function ok(ended: Ended): Ended {
  if (ended.exitCode === 0) return ended;
  throw new Error(`the command ended with ${ended.exitCode}:\n${ended.output}`);
}

/** A base environment that is up, with the default branch checked out, and with other branches checked out elsewhere. */
export class BaseEnvironment {
  private readonly worktrees: Program[] = [];

  private constructor(
    /** The default branch. */
    readonly main: Program,
    readonly outputs: StackOutputs,
    /** Name of its connection, which the model pipelines of its branches go by. */
    private readonly connection: string,
  ) {}

  /**
   * @param name of its stack, its registry, its connection and its folder of definitions
   * @param permissionMode its registry's. Default: what Azure gives it
   */
  static async up(name: string, permissionMode?: string): Promise<BaseEnvironment> {
    const connection = `${name}-acr`;
    const main = await Program.create({
      cloud: localCloudDirectory(),
      stack: name,
      settings: {
        "job-container:registry": { kind: "new", name: `${name}acr`, ...(permissionMode && { permissionMode }) },
        "job-container:serviceConnection": { name: connection },
        "job-container:pipelineFolder": `\\${name}`,
      },
    });
    ok(await main.up());
    return new BaseEnvironment(main, await main.outputs(), connection);
  }

  get loginServer(): string {
    return this.outputs.registry.loginServer;
  }

  /** The branch environments that there are. */
  async listed(): Promise<Listed[]> {
    return JSON.parse(ok(await env(this.main, "list", "--json")).stdout);
  }

  /** A branch, pushed, and checked out in a folder of its own, with this in its conda files instead of joblib. */
  async branchWith(branch: string, ...packages: string[]): Promise<Program> {
    const worktree = this.main.worktree();
    this.worktrees.push(worktree);
    const file = join(worktree.directory, "docker/ci_dependencies.yml");
    const own = packages.map((name) => `  - ${name}\n`).join("");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/ {2}- joblib=.*\n/, own));
    expect(readFileSync(file, "utf8")).not.toBe(text);
    // What it is trained with is another matter here.
    for (const other of ["conda_dependencies", "conda_dependencies_scoring"]) {
      writeFileSync(join(worktree.directory, `docker/${other}.yml`), readFileSync(file, "utf8"));
    }
    // The connection of this stack, beside those of other tests, and a test of the team's own.
    const pipeline = join(worktree.directory, "pipelines/model-ci.yml");
    const { connection } = this;
    writeFileSync(
      pipeline,
      readFileSync(pipeline, "utf8").replace("endpoint: acrconnection", `endpoint: ${connection}`),
    );
    const [module, version] = packages[0]?.split("=") ?? [];
    const lines = [
      `import ${module}`,
      "",
      "",
      "def test_environment():",
      `    assert ${module}.__version__ == "${version}"`,
      "",
    ];
    writeFileSync(join(worktree.directory, "test_environment.py"), lines.join("\n"));
    await pushBranch(worktree.directory, branch);
    return worktree;
  }

  /** All that there is of the base environment: its state, its definitions and its image. */
  async itself() {
    const { main, outputs, loginServer } = this;
    const state = await main.succeed("stack", "export", "--stack", main.stack);
    const api = await azureDevOps().getBuildApi();
    const { project } = localCloud().azureDevOps;
    const definitions = await Promise.all(
      [outputs.imageBuildPipeline, ...outputs.modelPipelines].map(({ id }) => api.getDefinition(project, Number(id))),
    );
    const tags = await tagsOf(loginServer, image);
    const digests = await Promise.all(tags.map((tag) => digestOfTag(loginServer, image, tag)));
    return { state, definitions: JSON.stringify(definitions), tags, digests };
  }

  /** Names of the definitions in its folder, its own and its branches', in order. */
  async definitionNames(): Promise<string[]> {
    const api = await azureDevOps().getBuildApi();
    return (await api.getDefinitions(localCloud().azureDevOps.project))
      .flatMap(({ name, path }) => (path === `\\${this.main.stack}` && name ? [name] : []))
      .sort();
  }

  /** Removes what is checked out. */
  remove(): void {
    for (const program of [...this.worktrees, this.main]) program.remove();
  }
}

/** Runs `job-container env` in what is checked out. */
export const env = (program: Program, ...args: string[]) => program.jobContainer(["env", ...args]);
