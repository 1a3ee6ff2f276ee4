import * as z from "zod";
import { Variables } from "../../agent/variables";
import { type CheckTask, compilePipeline, PipelineError } from "../../pipelines/compile";
import type { Plan } from "../../pipelines/plan";
import { invalidArgument, ServiceError } from "../common/errors";
import { sameName } from "../common/naming";
import { findProject, type Organization } from "../common/organization";
import type { Project } from "../core/state";
import type { Definition } from "../definitions/state";
import { findRepository } from "../git/repository";
import type { Repository } from "../git/state";
import { resourceProblems } from "./authorization";
import type { Cause } from "./cause";
import { knownBefore, variablesOf } from "./context";
import { buildError, ValidationFailed } from "./errors";
import { namedGroup, variablesIn } from "./groups";
import { runNumber } from "./number";
import type { Runs } from "./runs";
import { withStages } from "./stages";
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

interface QueueInput extends z.output<typeof queueInput> {
  /** Whether no branch leads to the commit, and the run's branch may not be there. The API has no such runs. */
  isDetached?: boolean;
  /** Names of the stages to run, and of no others. */
  stages?: readonly string[];
}

/** What a run is queued in, and by whom. */
export interface Queueing {
  organization: Organization;
  runs: Runs;
  /** Whether the agent knows a step's task. */
  checkTask: CheckTask;
}

/** Why a run is queued. */
interface Asked {
  cause: Cause;
  /** Name of who did what started it. */
  requestedFor: string;
}

/**
 * Queues a run, checked as far as Azure DevOps checks it. A service connection that may not be used makes a run that
 * has failed already; everything else that is wrong makes none.
 *
 * @throws ServiceError in the service's words
 */
export function queueBuild(
  { organization, runs, checkTask }: Queueing,
  definition: Definition,
  input: QueueInput,
  { cause, requestedFor }: Asked,
): Build {
  const project = findProject(organization, definition.projectId);
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
  const about = { id, projectName: project.name, branch, version, cause, variables };
  const before = knownBefore(organization, definition, about);
  const known = new Variables();
  for (const [name, value] of Object.entries(before)) known.set(name, value);
  const templateParameters = input.templateParameters ?? {};
  const plan = compile();
  const problems = resourceProblems(organization, { definition, branch }, plan, known);
  const groups = plan.groups.flatMap((name) => {
    const group = namedGroup(organization, definition, name);
    return group === undefined ? [] : [{ name, variables: variablesIn(group.variables) }];
  });
  const isSecret = (name: string) => variables.some((variable) => variable.secret && sameName(variable.name, name));
  return add(runs, definition, {
    ...{ branch, version, cause, requestedFor, templateParameters, variables, groups, plan, problems, known },
    parameters: Object.fromEntries(Object.entries(set).filter(([name]) => !isSecret(name))),
  });

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
      const stages = input.stages ?? [];
      const plan = compilePipeline({
        ...{ path, readFile, parameters: templateParameters, variables: before, checkTask, stages },
      });
      return withStages(plan, stages);
    } catch (error) {
      if (error instanceof PipelineError) throw new ValidationFailed(error.problems);
      throw error;
    }
  }
}

/**
 * Queues a run that nobody waits for. What is wrong with it makes a run that has failed with the reason, as in the
 * service: who pushed finds it there.
 */
export function queueUnasked(
  queueing: Queueing,
  definition: Definition,
  source: { sourceBranch: string; sourceVersion: string },
  asked: Asked,
): Build {
  try {
    return queueBuild(queueing, definition, source, asked);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return addFailed(queueing.runs, definition, source, {
      ...asked,
      problems: error instanceof ValidationFailed ? error.problems : [error.message],
    });
  }
}

/** A run that has failed before it could begin. */
export function addFailed(
  runs: Runs,
  definition: Definition,
  { sourceBranch: branch, sourceVersion: version }: { sourceBranch: string; sourceVersion: string },
  why: Asked & { problems: readonly string[] },
): Build {
  return add(runs, definition, {
    ...{ branch, version, ...why, problems: [...why.problems] },
    ...{ parameters: {}, templateParameters: {}, variables: [], groups: [], known: new Variables() },
    plan: { variables: [], groups: [], stages: [] },
  });
}

/** @param made `problems`: why it has failed already */
function add(
  runs: Runs,
  definition: Definition,
  {
    known,
    ...made
  }: Asked &
    Pick<
      Build,
      "branch" | "version" | "parameters" | "templateParameters" | "variables" | "groups" | "plan" | "problems"
    > & {
      /** What the run's number may name. */
      known: Variables;
    },
): Build {
  const now = new Date();
  const number = runNumber(runs.state, definition.id, made.plan.runName, known, now);
  const time = now.toISOString();
  const build: Build = {
    ...{ id: ++runs.state.last.build, projectId: definition.projectId, definitionId: definition.id, number },
    ...{ status: "notStarted", queueTime: time, ...made, tags: [], testResults: [], coverage: [], records: [] },
    ...(made.problems.length > 0 && { status: "completed", result: "failed", startTime: time, finishTime: time }),
  };
  runs.state.builds.push(build);
  runs.save();
  return build;
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
  const head = git.ref(branch) ?? (input.isDetached ? input.sourceVersion : undefined);
  if (!head) {
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
