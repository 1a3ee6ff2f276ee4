import { z } from "zod";
import { Variables } from "../../agent/variables";
import { type CheckTask, compilePipeline, PipelineError } from "../../pipelines/compile";
import type { Plan } from "../../pipelines/plan";
import { invalidArgument, ServiceError } from "../common/errors";
import { sameName } from "../common/naming";
import type { Organization } from "../common/organization";
import type { Project } from "../core/state";
import type { Definition } from "../definitions/state";
import { findRepository } from "../git/repository";
import type { Repository } from "../git/state";
import { namedGroup, resourceProblems } from "./authorization";
import { knownBefore, variablesOf } from "./context";
import { buildError, ValidationFailed } from "./errors";
import { runNumber } from "./number";
import type { Runs } from "./runs";
import type { Build } from "./state";

/** What a request to queue a run says besides the definition. */
export const queueInput = z.object({
  /** Default: the definition's default branch. */
  sourceBranch: z.string().nullish(),
  /** A commit. Default: the branch's latest. */
  sourceVersion: z.string().nullish(),
  /** Values of variables, as JSON. */
  parameters: z.string().nullish(),
  templateParameters: z.record(z.string(), z.string()).nullish(),
});

type QueueInput = z.output<typeof queueInput>;

/**
 * Queues a run, checked as far as Azure DevOps checks it. A service connection that may not be used makes a run that
 * has failed already; everything else that is wrong makes none.
 *
 * @throws ServiceError in the service's words
 */
export function queueBuild(
  organization: Organization,
  runs: Runs,
  checkTask: CheckTask,
  project: Project,
  definition: Definition,
  input: QueueInput,
): Build {
  if (definition.queueStatus === "disabled") {
    throw buildError(
      400,
      "DefinitionDisabledException",
      `The pipeline ${definition.name} of project ${project.name} is disabled. Enable it to queue a run.`,
    );
  }
  const set = readParameters(input.parameters);
  if (project.pipelineSettings.enforceSettableVar) requireSettable(definition, set);
  const { repository, branch, version } = findSource(organization, project, definition, input);
  const variables = variablesOf(organization, definition, set);
  const id = runs.state.last.build + 1;
  const before = knownBefore(organization, definition, { id, projectName: project.name, branch, version, variables });
  const known = new Variables();
  for (const [name, value] of Object.entries(before)) known.set(name, value);
  const templateParameters = input.templateParameters ?? {};
  const plan = compile();
  const problems = resourceProblems(organization, { definition, branch }, plan, known);
  const groups = plan.groups.flatMap((name) => namedGroup(organization, definition, name) ?? []);
  const allVariables = variablesOf(organization, definition, set, groups);
  const now = new Date();
  const isSecret = (name: string) => allVariables.some((variable) => variable.secret && sameName(variable.name, name));
  const build: Build = {
    id,
    projectId: project.id,
    definitionId: definition.id,
    number: runNumber(runs.state, definition.id, plan.runName, known, now),
    status: "notStarted",
    queueTime: now.toISOString(),
    branch,
    version,
    parameters: Object.fromEntries(Object.entries(set).filter(([name]) => !isSecret(name))),
    templateParameters,
    variables: allVariables,
    plan,
    problems,
    tags: [],
    testResults: [],
    records: [],
  };
  if (problems.length > 0) {
    const time = build.queueTime;
    Object.assign(build, { status: "completed", result: "failed", startTime: time, finishTime: time });
  }
  runs.state.last.build = id;
  runs.state.builds.push(build);
  runs.save();
  return build;

  function compile(): Plan {
    const path = definition.process.yamlFilename;
    const git = organization.repositories.of(repository);
    const readFile = (wanted: string) => git.fileAt(version, wanted)?.toString();
    if (readFile(path) === undefined) {
      throw invalidYaml(
        `File /${path.replace(/^\/+/, "")} not found in repository ${repository.name} branch ${branch} version ${version}.`,
      );
    }
    try {
      return compilePipeline({ path, readFile, parameters: templateParameters, variables: before, checkTask });
    } catch (error) {
      if (error instanceof PipelineError) throw new ValidationFailed(error.problems);
      throw error;
    }
  }
}

/** The files that it runs on. */
function findSource(
  organization: Organization,
  project: Project,
  definition: Definition,
  input: QueueInput,
): { repository: Repository; branch: string; version: string } {
  const { type, id, name, defaultBranch } = definition.repository;
  if (type !== "TfsGit") {
    throw new ValidationFailed([
      `The local Azure DevOps runs pipelines of its own repositories only, and ${name} is on ${type}.`,
    ]);
  }
  const repository = attempt(() => findRepository(organization, id, project));
  if (repository.isDisabled) throw invalidYaml(`The repository ${name} is disabled.`);
  const given = input.sourceBranch || defaultBranch;
  const branch = given.startsWith("refs/") ? given : `refs/heads/${given}`;
  const git = organization.repositories.of(repository);
  const head = git.ref(branch);
  if (head === undefined) {
    throw invalidYaml(
      `Unable to resolve the reference '${branch}' to a specific version. Verify the reference exists in the source repository.`,
    );
  }
  const version = input.sourceVersion || head;
  if (git.commit(version) === undefined) {
    throw invalidYaml(`The commit ${version} does not exist in repository ${name}.`);
  }
  return { repository, branch, version };
}

/** A repository that is gone is for the service a matter of the YAML file that is in it. */
function attempt<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw error instanceof ServiceError ? invalidYaml(error.message) : error;
  }
}

function invalidYaml(reason: string): ValidationFailed {
  return new ValidationFailed([`An error occurred while loading the YAML build pipeline. ${reason}`]);
}

function readParameters(json: string | null | undefined): Record<string, string> {
  if (!json) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw invalidArgument(`The parameters of a build are a JSON object of variables, and not ${json}.`);
  }
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value ?? "")]));
}

/**
 * Only variables that the definition says may be set, and `system.debug`, may be: the setting "Limit variables that can
 * be set at queue time". The words are from
 * https://learn.microsoft.com/azure/devops/pipelines/security/inputs#limit-variables-that-can-be-set-at-queue-time
 */
function requireSettable(definition: Definition, set: Record<string, string>): void {
  const settable = Object.entries(definition.variables).flatMap(([name, { allowOverride }]) =>
    allowOverride ? [name] : [],
  );
  const refused = Object.keys(set).filter(
    (name) => ![...settable, "system.debug"].some((known) => sameName(known, name)),
  );
  if (refused.length === 0) return;
  throw new ServiceError(
    400,
    "Microsoft.Azure.Pipelines.WebApi.PipelineValidationException, Microsoft.Azure.Pipelines.WebApi",
    `You can't set the following variables (${refused.join(", ")}). If you want to be able to set these variables, then ` +
      "edit the pipeline and select Settable at queue time on the variables tab of the pipeline editor.",
  );
}
