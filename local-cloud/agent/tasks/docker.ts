import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import type { SignedIn } from "../connection";
import { buildctlArguments, splitArguments } from "../docker/arguments";
import { build } from "../docker/buildctl";
import { dockerConfig } from "../docker/config";
import { pushImage } from "../docker/push";
import { sameText } from "./inputs";
import type { Task, TaskInputs, TaskStep } from "./task";

type Command = (step: DockerStep, registry: SignedIn | undefined) => Promise<void>;

/** The values of the input `command`, and what each does. `registry` is the one of the service connection, if there is one. */
const commands: Record<string, Command> = {
  build: (step, registry) => buildImage(step, registry, splitArguments(step.input("arguments"))),
  push: async (step, registry) => {
    if (step.input("arguments") !== "") {
      throw new Error(`The local cloud's Docker@2 knows no arguments of push: ${step.input("arguments")}`);
    }
    await push(step, registry);
  },
  buildAndPush: async (step, registry) => {
    if (step.input("arguments") !== "") {
      step.log.warn("The arguments input is ignored with the command buildAndPush, since it is ambiguous there.");
    }
    await buildImage(step, registry, []);
    await push(step, registry);
  },
  login: async (step, registry) => {
    if (registry === undefined) throw new Error("Input required: containerRegistry");
    step.docker.logins.set(registry.loginServer, registry);
    keepLogins(step);
    step.log.line("Login Succeeded");
  },
  logout: async (step, registry) => {
    if (registry === undefined) step.docker.logins.clear();
    else step.docker.logins.delete(registry.loginServer);
    keepLogins(step);
    step.log.line("Removing login credentials");
  },
};

const inputs = {
  command: { default: "buildAndPush", values: Object.keys(commands) },
  containerRegistry: {},
  repository: {},
  Dockerfile: { default: "**/Dockerfile" },
  buildContext: { default: "**" },
  tags: { default: "$(Build.BuildId)", mayBeEmpty: true },
  arguments: {},
  addPipelineData: { default: true },
  addBaseImageData: { default: true },
} satisfies TaskInputs;

type DockerStep = TaskStep<keyof typeof inputs>;

/**
 * Docker@2 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/docker-v2), with BuildKit in the place of
 * a Docker daemon.
 */
export const docker: Task = { name: "Docker", version: 2, inputs, run };

async function run(step: DockerStep): Promise<void> {
  // As in a container without Docker's client, which the agent does not bring.
  if (step.inContainer) throw new Error("Unable to locate executable file: 'docker'.");
  const command = step.input("command");
  const [, start] = Object.entries(commands).find(([name]) => sameText(name, command)) ?? [];
  if (start === undefined) {
    const known = new Intl.ListFormat("en-GB").format(inputs.command.values);
    throw new Error(`The local cloud's Docker@2 does not know the command ${command}. It knows ${known}.`);
  }
  const connection = step.input("containerRegistry");
  await start(step, connection === "" ? undefined : await step.signIn(connection));
}

/** Where in the agent's temporary folder the sign-ins are. */
const configFile = "DockerConfig/config.json";

/**
 * Leaves the sign-ins as Docker keeps them, in a folder that the job's later steps find by the variable DOCKER_CONFIG;
 * without any sign-in there is no folder, and the variable is empty. The commands that build and push leave it as it is.
 */
function keepLogins({ docker: { logins }, variables, workspace }: DockerStep): void {
  workspace.removeTemporary(posix.dirname(configFile));
  const file = logins.size === 0 ? undefined : workspace.writeTemporary(configFile, dockerConfig(logins.values()));
  variables.set("DOCKER_CONFIG", file === undefined ? "" : posix.dirname(file));
}

async function buildImage(step: DockerStep, registry: SignedIn | undefined, args: string[]): Promise<void> {
  const { workspace, environment, directory, docker: state } = step;
  const line = (text: string) => step.log.line(text);
  const dockerfile = findDockerfile(step);
  const context = step.input("buildContext");
  const contextPath = context === "**" ? dirname(dockerfile) : workspace.hostPath(context);
  const names = imageNames(step, registry).flatMap((name) => tagged(name, tagsOf(step, /[\n,]+/)));
  const labels = labelsOf(step);
  const shown = [
    ...["docker", "build", "-f", step.input("Dockerfile")],
    ...labels.flatMap((label) => ["--label", label]),
    ...args,
    ...names.flatMap((name) => ["-t", name]),
    context,
  ];
  line(`##[command]${shown.join(" ")}`);
  const layout = join(directory, "image");
  const code = await build(step.builder, {
    args: [
      ...["--local", `context=${contextPath}`, "--local", `dockerfile=${dirname(dockerfile)}`],
      ...["--opt", `filename=${basename(dockerfile)}`],
      ...labels.flatMap((label) => ["--opt", `label:${label}`]),
      ...buildctlArguments(args, { environment, hostPath: (path) => workspace.hostPath(path) }),
      ...["--output", `type=oci,tar=false,dest=${layout}`],
    ],
    directory: join(directory, "docker"),
    logins: [...state.logins.values(), ...(registry ? [registry] : [])],
    signal: step.signal,
    // What the build prints is the task's own output, and the agent does what it is told in that.
    line: (text) => step.log.output(text),
  });
  step.signal.throwIfAborted();
  if (code !== 0) throw new Error(`The process 'docker build' failed with exit code ${code}`);
  for (const name of names) state.images.set(name, layout);
}

async function push(step: DockerStep, registry: SignedIn | undefined): Promise<void> {
  const { docker: state, signal } = step;
  const line = (text: string) => step.log.line(text);
  if (step.input("repository") === "") return step.log.warn("No repository is specified. Nothing will be pushed.");
  const registries = registry ? [registry] : [...state.logins.values()];
  if (registries.length === 0) {
    throw new Error("Nobody is signed in to a registry to push to. Set the input containerRegistry.");
  }
  for (const signedIn of registries) {
    for (const name of imageNames(step, signedIn).flatMap((each) => tagged(each, tagsOf(step, "\n")))) {
      line(`##[command]docker push ${name}`);
      const layout = state.images.get(name);
      const [repository = "", tag = ""] = name.slice(signedIn.loginServer.length + 1).split(":");
      if (layout === undefined) {
        throw new Error(`An image does not exist locally with the tag: ${signedIn.loginServer}/${repository}`);
      }
      await pushImage({ layout, repository, tag, signedIn, signal, line });
    }
  }
}

function findDockerfile(step: DockerStep): string {
  const { workspace } = step;
  const wanted = step.input("Dockerfile");
  const sources = workspace.hostPath(".");
  if (/[*?]/.test(wanted)) {
    if (wanted !== "**/Dockerfile") {
      throw new Error(`The local cloud's Docker@2 knows the pattern **/Dockerfile only, and Dockerfile is ${wanted}.`);
    }
    const found = readdirSync(sources, { recursive: true, encoding: "utf8" })
      .filter((path) => basename(path) === "Dockerfile")
      .sort()[0];
    if (found !== undefined) return workspace.hostPath(found);
  } else if (existsSync(join(sources, wanted)) || wanted.startsWith("/")) return workspace.hostPath(wanted);
  throw new Error(`No Dockerfile matching ${wanted} was found.`);
}

/** The image's names without tags: in the connection's registry, else in those that are signed in to, else a local one. */
function imageNames(step: DockerStep, registry: SignedIn | undefined): string[] {
  const repository = step.input("repository").toLowerCase().replaceAll(" ", "");
  if (repository === "") return [];
  const registries = registry ? [registry] : [...step.docker.logins.values()];
  return registries.length === 0 ? [repository] : registries.map(({ loginServer }) => `${loginServer}/${repository}`);
}

/** Without tags Docker takes `latest`. */
function tagged(name: string, tags: string[]): string[] {
  return (tags.length === 0 ? ["latest"] : tags).map((tag) => `${name}:${tag}`);
}

function tagsOf(step: DockerStep, separator: string | RegExp): string[] {
  return step
    .input("tags")
    .split(separator)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
}

/** The variables that Docker@2 makes labels of; the second group where `addPipelineData` is not off. */
const labelVariables = {
  always: ["System.TeamFoundationCollectionUri", "Build.SourceVersion"],
  pipelineData: [
    "System.TeamProject",
    "Build.Repository.Name",
    "Build.Repository.Uri",
    "Build.SourceBranchName",
    "Build.DefinitionName",
    "Build.BuildNumber",
    "Build.BuildUri",
  ],
};

/** Labels under the organization's host, read backwards: `com.azure.dev.image.build.buildnumber=…`. */
function labelsOf(step: DockerStep): string[] {
  const { variables, log } = step;
  if (step.isOn("addBaseImageData")) {
    log.warn(
      "The local cloud's Docker@2 leaves out the labels image.base.ref.name and image.base.digest. " +
        "addBaseImageData: false leaves them out everywhere.",
    );
  }
  const collection = variables.get("System.TeamFoundationCollectionUri") ?? "";
  const host = new URL(collection).hostname.split(".").reverse().join(".");
  const names = [...labelVariables.always, ...(step.isOn("addPipelineData") ? labelVariables.pipelineData : [])];
  return names.flatMap((name) => {
    const value = variables.get(name);
    return value ? [`${host}.image.${name.toLowerCase()}=${value}`] : [];
  });
}
