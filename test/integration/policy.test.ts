import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, Program } from "../support/program";
import { projectRoot } from "../support/repository";
import { arm } from "./support/far-side";
import { localCloudDirectory } from "./support/local-cloud";

const pack = join(projectRoot, "policy");
const registry = "/resourceGroups/rg-job-container-policy/providers/Microsoft.ContainerRegistry/registries/policyacr";

let program: Program;
const changed: Program[] = [];

beforeAll(async () => {
  program = await Program.create({
    cloud: localCloudDirectory(),
    stack: "policy",
    settings: {
      "job-container:registry": { kind: "new", name: "policyacr" },
      "job-container:serviceConnection": { name: "policy-acr" },
      "job-container:pipelineFolder": "\\policy",
    },
  });
});
afterAll(() => {
  for (const each of [...changed, program]) each.remove();
});

/** The same stack's program, with these inputs instead of its own, by type. Null takes one away. */
function programWith(inputs: Record<string, Record<string, unknown>>): Program {
  const copy = program.worktree();
  changed.push(copy);
  const index = join(copy.directory, "index.ts");
  writeFileSync(index, `import "./change";\n${readFileSync(index, "utf8")}`);
  writeFileSync(
    join(copy.directory, "change.ts"),
    `import { runtime } from "@pulumi/pulumi";
    runtime.registerStackTransformation(({ type, props, opts }) => {
      const changed = Object.entries({ ...props, ...${JSON.stringify(inputs)}[type] });
      return { props: Object.fromEntries(changed.filter(([, value]) => value !== null)), opts };
    });`,
  );
  return copy;
}

const preview = (of: Program, ...options: string[]) =>
  of.pulumi("preview", "--stack", of.stack, "--policy-pack", pack, ...options);

/** What the output says of a rule: its level, what must be so, and what is wrong. */
function said({ output }: Ended, rule: string): string {
  const [, level, text] = new RegExp(`- \\[(\\w+)\\] +${rule} .*\\n((?: {10}.*\\n)+)`).exec(output) ?? [];
  return `${level}: ${text?.trim().replace(/\s+/g, " ")}`;
}

test("an update that would turn on the admin user is stopped before it begins", async () => {
  const withAdminUser = programWith({ "azure-native:containerregistry:Registry": { adminUserEnabled: true } });
  const { stack } = withAdminUser;
  const ended = await withAdminUser.pulumi("up", "--yes", "--stack", stack, "--policy-pack", pack);
  expect(ended.exitCode).not.toBe(0);
  expect(said(ended, "registry-admin-user")).toMatch(/^mandatory: .*adminUserEnabled is true.*Set it to false/);
  expect((await arm("GET", registry, "2025-04-01")).status).toBe(404);
});

test("a stack of this program passes, in a preview and in an update", async () => {
  const before = await preview(program);
  expect(before).toMatchObject({ exitCode: 0 });
  expect(before.output).not.toContain("[mandatory]");
  const ended = await program.up("--policy-pack", pack);
  expect(ended).toMatchObject({ exitCode: 0 });
  // All is known by now, and so nothing was left unchecked.
  expect(ended.output.slice(ended.output.indexOf("Updating"))).toMatch(/✅ job-container@/);
  expect((await arm("GET", registry, "2025-04-01")).status).toBe(200);
});

test("a preview of a stack that is up says everything that a changed program would do against the rules", async () => {
  const ended = await preview(
    programWith({
      "azure-native:containerregistry:Registry": { adminUserEnabled: true, anonymousPullEnabled: true },
      "azure-native:authorization:RoleAssignment": { roleDefinitionId: "/owner", scope: "/subscriptions/contoso" },
      "azuredevops:index/pipelineAuthorization:PipelineAuthorization": { pipelineId: null },
      "azuredevops:index/buildDefinition:BuildDefinition": {
        variables: [
          { name: "jobContainerImage", value: "mlops/diabetes_regression:latest" },
          { name: "registryPassword", value: "hunter2" },
        ],
      },
    }),
  );
  expect(ended.exitCode).not.toBe(0);
  expect(said(ended, "registry-admin-user")).toContain("mandatory: A container registry has no admin user.");
  expect(said(ended, "registry-anonymous-pull")).toContain("anonymousPullEnabled is true");
  expect(said(ended, "role")).toContain("roleDefinitionId is /owner");
  expect(said(ended, "role-scope")).toContain("scope is /subscriptions/contoso");
  expect(said(ended, "pipeline-permission")).toContain("it names no pipeline");
  expect(said(ended, "image-digest")).toContain("the variable jobContainerImage is mlops/diabetes_regression:latest");
  expect(said(ended, "plain-secret")).toContain("the variable registryPassword has a secret in plain text");
});

test("what an organization cannot do without can be said, and is then only a warning", async () => {
  program.configure({
    ...program.settings,
    "job-container:serviceConnection": { name: "policy-acr", scheme: "servicePrincipal" },
  });
  const stopped = await preview(program);
  expect(stopped.exitCode).not.toBe(0);
  expect(said(stopped, "connection-secret")).toMatch(/^mandatory: .*the service connection policy-acr/);
  const config = join(program.directory, "policy-config.json");
  writeFileSync(config, JSON.stringify({ "connection-secret": "advisory" }));
  const warned = await preview(program, "--policy-pack-config", config);
  expect(warned).toMatchObject({ exitCode: 0 });
  expect(said(warned, "connection-secret")).toMatch(/^advisory: .*the service connection policy-acr/);
});
