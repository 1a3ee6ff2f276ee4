import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program } from "../support/program";
import { ok } from "./support/base-environment";
import { registryExists, succeed, useLanguages } from "./support/languages";
import { localCloudDirectory } from "./support/local-cloud";

const component = useLanguages();

interface Language {
  language: string;
  /** Besides the language, for `pulumi package gen-sdk`. */
  options: string[];
  /** What there is to do after that. */
  prepare?: (program: Program) => Promise<void>;
  /** The provider that the registry goes through. */
  provider: RegExp;
  /** A command that does what its argument says (preview, up, destroy) without a language host. */
  automation?: string[];
  /** What is wrong in a file, and what is said then. */
  mistakes: { file: string; text: string; instead: string; says: string | RegExp }[];
}

/** Pulumi's Automation API runs the program in its own process, and the engine asks it there. */
const pythonAutomation = `
import runpy, sys
from pulumi import automation
stack = automation.select_stack(
    stack_name="python",
    project_name="python-program",
    program=lambda: runpy.run_path("__main__.py") and None,
    opts=automation.LocalWorkspaceOptions(work_dir="."),
)
getattr(stack, sys.argv[1])(on_output=print)
`;

const languages: Language[] = [
  {
    language: "python",
    options: [],
    async prepare(program) {
      // Through a provider that it makes itself.
      edit(program, "__main__.py", (text) =>
        text
          .replace(
            "job_container =",
            'azure = pulumi.ProviderResource("azure-native", "azure", {"location": "westeurope"})\n\njob_container =',
          )
          .replace(/^\)$/m, "    opts=pulumi.ResourceOptions(providers=[azure]),\n)"),
      );
      await succeed(program, "python3", "-m", "venv", ".venv");
      await succeed(program, ".venv/bin/pip", "install", "--quiet", "--requirement", "requirements.txt");
    },
    provider: /::azure::/,
    automation: [".venv/bin/python", "-c", pythonAutomation],
    mistakes: [
      {
        ...{ file: "Pulumi.yaml", text: "virtualenv: .venv", instead: "virtualenv: none" },
        says: /none, which runtime\.options\.virtualenv in Pulumi\.yaml names, is no virtual environment: make it/,
      },
      {
        ...{ file: "Pulumi.yaml", text: "virtualenv: .venv", instead: "toolchain: poetry" },
        says: "runtime.options.toolchain (poetry) in Pulumi.yaml is none that the local cloud takes",
      },
      {
        ...{ file: "__main__.py", text: 'require("project")', instead: 'require("projekt")' },
        says: "python-program:projekt",
      },
    ],
  },
  {
    language: "go",
    options: [],
    provider: /::default/,
    mistakes: [
      {
        ...{ file: "main.go", text: 'settings.Require("project")', instead: 'settings.Demand("project")' },
        says: /main\.go:\d+:\d+: settings\.Demand undefined/,
      },
      {
        ...{ file: "main.go", text: 'settings.Require("project")', instead: 'settings.Require("projekt")' },
        says: "go-program:projekt",
      },
    ],
  },
  { language: "java", options: ["--local"], provider: /::default/, mistakes: [] },
];

describe.each(languages)("a program in $language", ({ language, options, prepare, provider, automation, mistakes }) => {
  const project = `${language}-program`;
  const registry = `${language}acr`;
  const group = `rg-job-container-${language}`;
  let program: Program;
  beforeAll(async () => {
    program = await Program.create({
      cloud: localCloudDirectory(),
      stack: language,
      project: { folder: `examples/${project}`, name: project },
      settings: { [`${project}:registry`]: { kind: "new", name: registry } },
    });
    edit(program, "Pulumi.yaml", (text) => text.replace("../../plugin", component.folder));
    const asked = ["--language", language, ...options, "--out", "sdks"];
    await program.succeed("package", "gen-sdk", component.executable, ...asked);
    await prepare?.(program);
  }, 600_000);
  afterAll(() => program.remove());

  if (mistakes.length > 0) {
    test.each(mistakes)("$instead in its $file is refused", async ({ file, text, instead, says }) => {
      const before = edit(program, file, (all) => all.replace(text, instead));
      const { exitCode, output } = await program.pulumi("preview", "--stack", language);
      edit(program, file, () => before);
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(says);
    });
  }

  test("it is previewed, comes up, has no change then, and is destroyed", async () => {
    expect(await program.succeed("preview", "--stack", language)).toMatch(/\+ \d+ to create/);
    expect(await registryExists(registry, group)).toBe(false);
    ok(await program.up());
    expect(await registryExists(registry, group)).toBe(true);
    expect(await program.outputs()).toMatchObject({ registry: { name: registry } });
    await program.succeed("preview", "--stack", language, "--expect-no-changes");
    const resources = await program.resources();
    const made = resources.find(({ type }) => type === "azure-native:containerregistry:Registry");
    expect(made?.provider).toMatch(provider);
    ok(await program.destroy());
    expect(await registryExists(registry, group)).toBe(false);
  });

  if (automation) {
    test("it does so through Pulumi's Automation API, too", async () => {
      const [command = "", ...args] = automation;
      const run = (operation: string) => succeed(program, command, ...args, operation);
      expect(await run("preview")).toMatch(/\+ \d+ to create/);
      expect(await registryExists(registry, group)).toBe(false);
      await run("up");
      expect(await registryExists(registry, group)).toBe(true);
      await run("destroy");
      expect(await registryExists(registry, group)).toBe(false);
    });
  }
});

/** Changes a file of a program. @returns what was in it @throws Error if there was nothing to change */
function edit(program: Program, file: string, change: (text: string) => string): string {
  const path = join(program.projectFolder, file);
  const before = readFileSync(path, "utf8");
  const after = change(before);
  if (after === before) throw new Error(`${path} has nothing of what was to be changed`);
  writeFileSync(path, after);
  return before;
}
