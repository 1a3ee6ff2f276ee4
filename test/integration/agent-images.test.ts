import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import type { FastifyInstance } from "fastify";
import { roles } from "../../local-cloud/azure/roles";
import { unstopped } from "../../local-cloud/base-image/inside";
import { makeChannel } from "../../local-cloud/channel";
import { serveChannel } from "../../local-cloud/channel/serve";
import { installToolchain } from "../../local-cloud/toolchain";
import { cacheDirectory } from "../../local-cloud/toolchain/cache";
import { projectRoot } from "../support/repository";
import { smallEnvironment } from "../support/small-environment";
import { AgentCloud, federation, Recording } from "./support/agent-cloud";
import { rebuiltSteps } from "./support/build-log";

let cloud: AgentCloud;
const run: AgentCloud["run"] = (...args) => cloud.run(...args);

beforeAll(async () => {
  cloud = await AgentCloud.start();
  await cloud.trust(federation);
  await cloud.assign(roles.acrPush.name);
}, 1_800_000);
afterAll(() => cloud.stop());
afterEach(() => expect(cloud.leftovers()).toEqual([]));

const image = `
steps:
- task: Docker@2
  displayName: Build
  inputs:
    command: build
    containerRegistry: acrconnection
    repository: $(imageRepository)
    Dockerfile: docker/Dockerfile
    buildContext: docker
    arguments: >-
      --build-arg "BASE=$(baseImage)" --label "made by=a test" --build-context "other=other"
    tags: |
      build-$(Build.BuildNumber)
      latest
    addBaseImageData: false
- task: Docker@2
  displayName: Push
  inputs:
    command: push
    containerRegistry: acrconnection
    repository: $(imageRepository)
    tags: |
      build-$(Build.BuildNumber)
      latest
`;
const files = {
  "docker/Dockerfile": [
    "ARG BASE",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the Dockerfile's.
    "FROM ${BASE}",
    "USER root",
    "ENTRYPOINT []",
    'ENV IN_THE_IMAGE="of the image"',
    "COPY --from=other file /file",
  ].join("\n"),
  "other/file": "of another folder",
};
const inContainer = (reference: string) =>
  `
resources:
  containers:
  - container: job
    image: ${reference}
    endpoint: acrconnection
    env:
      OF_THE_RESOURCE: $(imageRepository)
steps:
- bash: |
    echo "$(whoami) in $PWD: $IN_THE_IMAGE, $OF_THE_RESOURCE, $HOME"
    cat /file README.md
    echo kept > "$(Agent.TempDirectory)/kept"; touch ~/also
    echo 'echo kept' > /tmp/program
    python3 -c 'import sys; print(sys.version_info.major)'
- bash: cat $(Agent.TempDirectory)/kept; ls ~/also; bash /tmp/program
`.replace("steps:", "container: job\nsteps:");
const named = (name: string) => ({ imageRepository: name, baseImage: cloud.baseImage });

describe("Docker@2", () => {
  test("builds and pushes an image with exactly its tags, all of one digest, and says which", async () => {
    const { result, text, issues } = await run(image, { files, variables: named("mlops/model") });
    expect(issues).toEqual([]);
    expect(result).toBe("succeeded");
    const tags = await cloud.tagsOf("mlops/model");
    expect(Object.keys(tags)).toEqual(["build-20250102.3", "latest"]);
    expect(new Set(Object.values(tags)).size).toBe(1);
    expect(text).toContain(`latest: digest: ${tags.latest}`);
    expect(text).toContain("--label 1.0.0.127.image.build.buildnumber=20250102.3");
  });

  test("leaves a sign-in for the steps after it, until it signs out, and no longer", async () => {
    const task = (command: string) =>
      `- task: Docker@2\n  inputs: {command: ${command}, containerRegistry: acrconnection, repository: mlops/model}`;
    const show = '- bash: cd $(Agent.TempDirectory); echo "[$DOCKER_CONFIG]" $(find . -name config.json)';
    const { result, text, issues } = await run(
      [
        image.trimEnd(), // signs in, for itself
        show,
        "- bash: ln -s /home/vsts $(Agent.TempDirectory)/DockerConfig",
        ...[
          task("login"),
          "- bash: |",
          `    node -p 'Object.keys(require(process.env.DOCKER_CONFIG + "/config").auths)'`,
        ],
        ...[task("push").replace("}", ", tags: latest}"), show, task("logout"), show],
      ].join("\n"),
      { files, variables: named("mlops/model") },
    );
    expect({ result, issues }).toEqual({ result: "succeeded", issues: [] });
    expect(text.split("\n").filter((line) => line.startsWith("["))).toEqual([
      "[]",
      "[ '***' ]",
      "[/home/vsts/work/_temp/DockerConfig] ./DockerConfig/config.json",
      "[]",
    ]);
  });

  test("pushes nothing that was not built in the job", async () => {
    const { result, issues } = await run(image.replace("command: build", "command: login"), {
      variables: named("mlops/model"),
    });
    expect(result).toBe("failed");
    expect(issues).toEqual([`error: An image does not exist locally with the tag: ***/mlops/model`]);
  });

  test.each([
    ["a folder outside of the work folder", { "other=other": "other=/usr" }, "/usr is not in the agent's work folder"],
    ["a folder that a link leads out of it", { "other=other": "other=out" }, "out is not in the agent's work folder"],
    ["a file that is not there", { "docker/Dockerfile": "docker/Other" }, "No Dockerfile matching docker/Other"],
    ["an argument that is not known", { "--label": "--squash --label" }, "does not know the argument --squash"],
  ])("builds nothing from %s", async (_, changes, reason) => {
    let yaml = image.replace("steps:", "steps:\n- bash: ln -s / out");
    for (const [from, to] of Object.entries(changes)) yaml = yaml.replace(from, to);
    const { result, issues } = await run(yaml, { files, variables: named("mlops/model") });
    expect({ result, issues }).toEqual({ result: "failed", issues: [expect.stringContaining(reason)] });
  });

  test("ends the build of a run that is cancelled", async () => {
    const abort = new AbortController();
    const recording = new Recording();
    recording.onLine = (line) => {
      if (line.includes("RUN sleep 3000") && line.startsWith("#")) abort.abort();
    };
    const slow = { ...files, "docker/Dockerfile": `${files["docker/Dockerfile"]}\nRUN sleep 3000` };
    const attempt = { files: slow, variables: named("mlops/slow"), recording, signal: abort.signal };
    const { result, outcome } = await run(image, attempt);
    expect({ result, outcome }).toEqual({
      result: "canceled",
      outcome: { Job: "canceled", Build: "canceled", Push: "skipped" },
    });
  });

  test("fails with the reason of a build that fails", async () => {
    const broken = { ...files, "docker/Dockerfile": `${files["docker/Dockerfile"]}\nRUN echo broken && exit 9` };
    const { result, text, outcome } = await run(image, { files: broken, variables: named("mlops/broken") });
    expect({ result, outcome }).toMatchObject({ result: "failed", outcome: { Build: "failed", Push: "skipped" } });
    expect(text).toContain("exit code: 9");
  });
});

describe("the agent's machine", () => {
  test("has a home and a folder for temporary files, both the agent's own and new, and this machine's names", async () => {
    const { text, issues } = await run("steps:\n- bash: ls -A ~ /tmp; touch ~/file /tmp/file; cat /etc/hosts");
    expect(issues).toEqual([]);
    expect(text).toContain(`/home/vsts:\nwork\n\n/tmp:\n${readFileSync("/etc/hosts", "utf8").trimEnd()}`);
  });
});

describe("a container job", () => {
  test("has no Docker", async () => {
    await run(image, { files, variables: named("mlops/model") });
    const yaml = inContainer("mlops/model").replace(/steps:.*/s, image.slice(image.indexOf("steps:")));
    const { result, issues } = await run(yaml, { files, variables: named("mlops/model") });
    expect({ result, issues }).toEqual({
      ...{ result: "failed", issues: ["error: Unable to locate executable file: 'docker'."] },
    });
  });

  test("has the machine's Python first where a task says so, and no az that the image has not", async () => {
    await run(image, { files, variables: named("mlops/model") });
    const steps = `steps:
- task: UsePythonVersion@0
- bash: python -c 'import sys, ssl; print("python", sys.prefix)'; pip --version
- task: AzureCLI@2
  inputs: { azureSubscription: acrconnection, scriptType: bash, scriptLocation: inlineScript, inlineScript: az account show }
`;
    const yaml = inContainer("mlops/model").replace(/steps:.*/s, steps);
    const { text, issues } = await run(yaml, { variables: named("mlops/model") });
    expect(issues).toEqual(["error: Azure CLI 2.x is not installed on this machine."]);
    expect(text).toMatch(/python \/__w\/_tool\/Python\/3\.[\d.]+\/\w+\npip .* from \/__w\/_tool\/Python\//);
  });

  test.each(["tag", "digest"])("runs its steps in the image of a %s, as a user of its own", async (kind) => {
    await run(image, { files, variables: named("mlops/model") });
    const { latest } = await cloud.tagsOf("mlops/model");
    const reference = kind === "tag" ? "mlops/model:latest" : `mlops/model@${latest}`;
    const { result, text, issues } = await run(inContainer(reference), {
      files: { "README.md": "of the repository\n" },
      variables: named("mlops/model"),
    });
    expect(issues).toEqual([]);
    expect(result).toBe("succeeded");
    expect(text).toContain(`Digest: ${latest}`);
    expect(text).toContain("vsts_azpcontainer in /__w/1/s: of the image, mlops/model, /home/vsts_azpcontainer");
    expect(text).toContain("of another folderof the repository\n3\n");
    expect(text).toContain("kept\n/home/vsts_azpcontainer/also\nkept");
  });

  test("fails in an image whose user may not add users", async () => {
    const plain = { ...files, "docker/Dockerfile": `FROM ${cloud.baseImage}` };
    await run(image, { files: plain, variables: named("mlops/plain") });
    const { result, issues } = await run(inContainer("mlops/plain"), { variables: named("mlops/plain") });
    expect(result).toBe("failed");
    expect(issues).toEqual([expect.stringContaining("Docker exec fail with exit code 1: useradd")]);
  });

  test("fails where there is no such image", async () => {
    const { result, issues } = await run(inContainer("mlops/nothing:1"));
    expect(result).toBe("failed");
    expect(issues).toEqual([expect.stringContaining("has no image")]);
  });
});

describe("a service connection", () => {
  afterEach(async () => {
    await cloud.trust(federation);
    await cloud.assign(roles.acrPush.name);
  });

  test.each([
    ["issuer", { ...federation, issuer: "https://login.microsoftonline.com/other/v2.0" }, "AADSTS700211"],
    ["subject", { ...federation, subject: `${federation.subject}x` }, "AADSTS700213"],
  ])("pushes and pulls nothing where the federated credential has another %s", async (_, other, code) => {
    await cloud.trust(other);
    for (const yaml of [image, inContainer("mlops/model")]) {
      const { result, issues } = await run(yaml, { files, variables: named("mlops/model") });
      expect(result).toBe("failed");
      expect(issues).toEqual([expect.stringContaining(code)]);
    }
  });

  test("pushes nothing with the role to pull only", async () => {
    await cloud.assign(roles.acrPull.name);
    const { result, issues, outcome } = await run(image, { files, variables: named("mlops/denied") });
    expect({ result, outcome }).toMatchObject({ result: "failed", outcome: { Build: "succeeded", Push: "failed" } });
    expect(issues).toEqual([expect.stringContaining("It needs the role AcrPush")]);
  });

  test("is not let in without a role", async () => {
    await cloud.assign(undefined);
    const { result, issues } = await run(inContainer("mlops/model"));
    expect(result).toBe("failed");
    expect(issues).toEqual([expect.stringContaining("It needs a role on the registry")]);
  });

  test("is refused where the pipeline may not use it", async () => {
    const { result, issues } = await run(inContainer("x").replace("endpoint: acrconnection", "endpoint: other"));
    expect({ result, issues }).toEqual({
      result: "failed",
      issues: ["error: service connection other could not be found"],
    });
  });
});

describe("the project's own pipelines", () => {
  const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");
  let channel: FastifyInstance;

  beforeAll(async () => {
    channel = serveChannel(await makeChannel(cacheDirectory(), cloud.base, unstopped()));
    await channel.listen({ host: "127.0.0.1", port: cloud.ports.channel });
  }, 1_800_000);
  afterAll(() => channel.close());

  /** The command in one file, as the package has it: the agent sees its workspace, not this repository. */
  const command = buildSync({
    entryPoints: ["src/cli/main.ts"],
    absWorkingDir: projectRoot,
    bundle: true,
    platform: "node",
    external: ["@conda-org/rattler", "@pulumi/*", "xmlbuilder2"],
    write: false,
  }).outputFiles[0]?.text;
  /** The image-build pipeline without its two checks, which the tests of `npm start` run. */
  const own = read("docker/docker-image-pipeline.yml")
    .replace(/npm pkg .*/, "true")
    .replace("npx --no-install job-container image tags", "node command.js image tags")
    // There is no Azure DevOps here to ask what the run was queued with.
    .replace(/^ {4}env: .*SYSTEM_ACCESSTOKEN.*\n/m, "")
    .replace(/npx --no-install job-container .*/g, "true");

  /** Runs the image-build pipeline. */
  const buildOwn = (variables: Record<string, string> = {}) =>
    run(own, {
      files: {
        "command.js": command ?? "",
        "docker/Dockerfile": read("docker/Dockerfile"),
        ...smallEnvironment,
      },
      variables: {
        ...{ registryConnection: "acrconnection", loginServer: cloud.loginServer, imageRepository: "mlops/own" },
        ...{ baseImage: cloud.baseImage, dockerfile: "docker/Dockerfile", condaFile: "ci_dependencies.yml" },
        ...{
          condaChannel: `http://127.0.0.1:${cloud.ports.channel}/conda-forge`,
          lockFolder: "",
          amlsdkversion: "",
          githubrelease: "",
        },
        ...variables,
      },
    });

  test("a value that is not fit for a tag ends the run before anything is built", async () => {
    const githubrelease = '1" --label "a=b\n##vso[task.setvariable variable=tags]other';
    const { result, issues, outcome } = await buildOwn({ githubrelease });
    expect({ result, outcome }).toMatchObject({
      result: "failed",
      outcome: { "Choose the tags and options": "failed", "Check the environment": "skipped", Build: "skipped" },
    });
    expect(issues).toEqual([
      expect.stringContaining("error: the variable githubrelease makes the tag release-1??--label"),
      "error: Bash exited with code '1'.",
    ]);
  });

  test("build an image with exactly its tags, and run a job in it", async () => {
    const built = await buildOwn({ amlsdkversion: "1.2.3", githubrelease: "3.0.0" });
    expect({ result: built.result, issues: built.issues }).toEqual({ result: "succeeded", issues: [] });
    const tags = await cloud.tagsOf("mlops/own");
    expect(Object.keys(tags)).toEqual(["amlsdk-1.2.3", "build-20250102.3", "latest", "release-3.0.0"]);

    const model = await run(read("pipelines/model-ci.yml"), {
      variables: { jobContainerImage: `mlops/own@${tags.latest}` },
    });
    expect({ result: model.result, issues: model.issues }).toEqual({ result: "succeeded", issues: [] });
    expect(model.text).toContain(`Digest: ${tags.latest}`);
    expect(model.text).toMatch(/^Python 3\.11\./m);
  });

  test("build it again from the layers that the image before it has in the registry", async () => {
    await forgetBuilds();
    const { result, text } = await buildOwn();
    expect({ result, rebuilt: rebuiltSteps(text) }).toEqual({ result: "succeeded", rebuilt: [] });
    const tags = await cloud.tagsOf("mlops/own");
    expect(tags.latest).toBe(tags["build-20250102.3"]);
  });

  /** Empties BuildKit's own cache. */
  async function forgetBuilds(): Promise<void> {
    const { buildctl } = await installToolchain();
    execFileSync(buildctl, ["--addr", `tcp://127.0.0.1:${cloud.ports.buildkit}`, "prune", "--all"]);
  }
});
