import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import type { SignedIn } from "../connection";
import { buildctlArguments, splitArguments } from "../docker/arguments";
import { type Builder, build } from "../docker/buildctl";
import { dockerConfig } from "../docker/config";
import { pushImage } from "../docker/push";
import type { Variables } from "../variables";
import type { Workspace } from "../workspace";

/** Docker on the agent's machine, which is a new one for every job: what is built, and who is signed in. */
export interface DockerState {
  /** OCI image layouts by the images' names with their tags. */
  images: Map<string, string>;
  /** What the commands `login` and `logout` leave, by login server. */
  logins: Map<string, SignedIn>;
}

export interface DockerTask {
  inputs: Readonly<Record<string, string>>;
  /** The step's environment variables. */
  environment: Readonly<Record<string, string>>;
  variables: Variables;
  workspace: Workspace;
  state: DockerState;
  builder: Builder;
  /** A directory of this step's own, which lasts as long as the job. */
  directory: string;
  /** Signs in through the service connection of a name. */
  signIn: (connection: string) => Promise<SignedIn>;
  signal: AbortSignal;
  /** Told each line of the log. */
  line: (text: string) => void;
  warn: (message: string) => void;
}

/**
 * Docker@2 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/docker-v2), with BuildKit in the place of
 * a Docker daemon.
 *
 * @throws Error with the reason that the task fails for
 */
export async function runDocker(task: DockerTask): Promise<void> {
  const command = input(task, "command") || "buildAndPush";
  const run = commands[command.toLowerCase()];
  if (run === undefined) {
    throw new Error(
      `The local cloud's Docker@2 does not know the command ${command}. It knows build, push, buildAndPush, login and logout.`,
    );
  }
  const connection = input(task, "containerRegistry");
  await run(task, connection === "" ? undefined : await task.signIn(connection));
}

type Run = (task: DockerTask, registry: SignedIn | undefined) => Promise<void>;

const commands: Record<string, Run> = {
  build: (task, registry) => buildImage(task, registry, splitArguments(input(task, "arguments"))),
  push: async (task, registry) => {
    if (input(task, "arguments") !== "") {
      throw new Error(`The local cloud's Docker@2 knows no arguments of push: ${input(task, "arguments")}`);
    }
    await push(task, registry);
  },
  buildandpush: async (task, registry) => {
    if (input(task, "arguments") !== "") {
      task.warn("The arguments input is ignored with the command buildAndPush, since it is ambiguous there.");
    }
    await buildImage(task, registry, []);
    await push(task, registry);
  },
  login: async (task, registry) => {
    if (registry === undefined) throw new Error("Input required: containerRegistry");
    task.state.logins.set(registry.loginServer, registry);
    keepLogins(task);
    task.line("Login Succeeded");
  },
  logout: async (task, registry) => {
    if (registry === undefined) task.state.logins.clear();
    else task.state.logins.delete(registry.loginServer);
    keepLogins(task);
    task.line("Removing login credentials");
  },
};

/** Where in the agent's temporary folder the sign-ins are. */
const configFile = "DockerConfig/config.json";

/**
 * Leaves the sign-ins as Docker keeps them, in a folder that the job's later steps find by the variable DOCKER_CONFIG;
 * without any sign-in there is no folder, and the variable is empty. The commands that build and push leave it as it is.
 */
function keepLogins({ state, variables, workspace }: DockerTask): void {
  workspace.removeTemporary(posix.dirname(configFile));
  const logins = [...state.logins.values()];
  const file = logins.length === 0 ? undefined : workspace.writeTemporary(configFile, dockerConfig(logins));
  variables.set("DOCKER_CONFIG", file === undefined ? "" : posix.dirname(file));
}

async function buildImage(task: DockerTask, registry: SignedIn | undefined, args: string[]): Promise<void> {
  const { workspace, environment, directory, state, line } = task;
  const dockerfile = findDockerfile(task);
  const context = input(task, "buildContext") || "**";
  const contextPath = context === "**" ? dirname(dockerfile) : workspace.hostPath(context);
  const names = imageNames(task, registry).flatMap((name) => tagged(name, tagsOf(task, /[\n,]+/)));
  const labels = labelsOf(task);
  const shown = [
    ...["docker", "build", "-f", input(task, "Dockerfile") || "**/Dockerfile"],
    ...labels.flatMap((label) => ["--label", label]),
    ...args,
    ...names.flatMap((name) => ["-t", name]),
    context,
  ];
  line(`##[command]${shown.join(" ")}`);
  const layout = join(directory, "image");
  const code = await build(task.builder, {
    args: [
      ...["--local", `context=${contextPath}`, "--local", `dockerfile=${dirname(dockerfile)}`],
      ...["--opt", `filename=${basename(dockerfile)}`],
      ...labels.flatMap((label) => ["--opt", `label:${label}`]),
      ...buildctlArguments(args, { environment, hostPath: (path) => workspace.hostPath(path) }),
      ...["--output", `type=oci,tar=false,dest=${layout}`],
    ],
    directory: join(directory, "docker"),
    logins: [...state.logins.values(), ...(registry ? [registry] : [])],
    signal: task.signal,
    line,
  });
  task.signal.throwIfAborted();
  if (code !== 0) throw new Error(`The process 'docker build' failed with exit code ${code}`);
  for (const name of names) state.images.set(name, layout);
}

async function push(task: DockerTask, registry: SignedIn | undefined): Promise<void> {
  const { state, signal, line } = task;
  if (input(task, "repository") === "") return task.warn("No repository is specified. Nothing will be pushed.");
  const registries = registry ? [registry] : [...state.logins.values()];
  if (registries.length === 0) {
    throw new Error("Nobody is signed in to a registry to push to. Set the input containerRegistry.");
  }
  for (const signedIn of registries) {
    for (const name of imageNames(task, signedIn).flatMap((each) => tagged(each, tagsOf(task, "\n")))) {
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

/** An input, macros expanded; empty if it is not given. Names are compared without regard to case. */
function input({ inputs, variables }: DockerTask, name: string): string {
  const found = Object.entries(inputs).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return variables.expand(found?.[1] ?? "").trim();
}

function findDockerfile(task: DockerTask): string {
  const { workspace } = task;
  const wanted = input(task, "Dockerfile") || "**/Dockerfile";
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
function imageNames(task: DockerTask, registry: SignedIn | undefined): string[] {
  const repository = input(task, "repository").toLowerCase().replaceAll(" ", "");
  if (repository === "") return [];
  const registries = registry ? [registry] : [...task.state.logins.values()];
  return registries.length === 0 ? [repository] : registries.map(({ loginServer }) => `${loginServer}/${repository}`);
}

/** Without tags Docker takes `latest`. */
function tagged(name: string, tags: string[]): string[] {
  return (tags.length === 0 ? ["latest"] : tags).map((tag) => `${name}:${tag}`);
}

function tagsOf(task: DockerTask, separator: string | RegExp): string[] {
  const given = Object.keys(task.inputs).some((key) => key.toLowerCase() === "tags");
  const tags = given ? input(task, "tags") : (task.variables.get("Build.BuildId") ?? "");
  return tags
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
function labelsOf(task: DockerTask): string[] {
  const { variables, warn } = task;
  if (input(task, "addBaseImageData").toLowerCase() !== "false") {
    warn(
      "The local cloud's Docker@2 leaves out the labels image.base.ref.name and image.base.digest. " +
        "addBaseImageData: false leaves them out everywhere.",
    );
  }
  const collection = variables.get("System.TeamFoundationCollectionUri") ?? "";
  const host = new URL(collection).hostname.split(".").reverse().join(".");
  const names = [
    ...labelVariables.always,
    ...(input(task, "addPipelineData").toLowerCase() === "false" ? [] : labelVariables.pipelineData),
  ];
  return names.flatMap((name) => {
    const value = variables.get(name);
    return value ? [`${host}.image.${name.toLowerCase()}=${value}`] : [];
  });
}
