import * as z from "zod";
import { planForm } from "../../pipelines/plan";
import { operatorName } from "../members";
import { causeForm } from "./cause";

/** What came of one test. */
export const testResultForm = z.strictObject({
  name: z.string(),
  storage: z.string().optional(),
  outcome: z.enum(["Passed", "Failed", "NotExecuted"]),
  durationInMs: z.number(),
  errorMessage: z.string().optional(),
  stackTrace: z.string().optional(),
});

/** Test results that a run has published: what the test API calls a test run. Each test's result is kept beside the logs. */
const testRunSummaryForm = z.strictObject({
  id: z.int(),
  title: z.string(),
  platform: z.string(),
  configuration: z.string(),
  started: z.string(),
  completed: z.string(),
  total: z.int(),
  passed: z.int(),
  failed: z.int(),
  /** Not executed. */
  skipped: z.int(),
});

/** What tests of a run have covered. */
const coverageForm = z.strictObject({
  /** What is counted, as `Lines`. */
  label: z.string(),
  position: z.int(),
  covered: z.int(),
  total: z.int(),
});

export type TestRunSummary = z.output<typeof testRunSummaryForm>;

/** What a run's timeline has of a stage, a job or a step. Azure DevOps has a phase between a stage and its job. */
const timelineRecordForm = z.strictObject({
  id: z.string(),
  /** None for a stage. */
  parentId: z.string().optional(),
  type: z.enum(["Stage", "Phase", "Job", "Task"]),
  name: z.string(),
  /** The name in the YAML. */
  identifier: z.string(),
  /** Among its siblings, from 1. */
  order: z.int(),
  state: z.enum(["pending", "inProgress", "completed"]),
  result: z.enum(["succeeded", "succeededWithIssues", "failed", "canceled", "skipped", "abandoned"]).optional(),
  startTime: z.string().optional(),
  finishTime: z.string().optional(),
  issues: z.array(z.strictObject({ type: z.enum(["error", "warning"]), message: z.string() })),
  /** Its log among those of the run, from 1. */
  logId: z.int().optional(),
});

export type TimelineRecord = z.output<typeof timelineRecordForm>;

const texts = z.record(z.string(), z.string());

const variableForm = z.strictObject({ name: z.string(), value: z.string(), secret: z.boolean() });

/** A run of a pipeline: what the build API calls a build. */
const buildForm = z.strictObject({
  id: z.int(),
  projectId: z.string(),
  definitionId: z.int(),
  /** Build.BuildNumber. Times are ISO 8601 everywhere. */
  number: z.string(),
  status: z.enum(["notStarted", "inProgress", "cancelling", "completed"]),
  result: z.enum(["succeeded", "partiallySucceeded", "failed", "canceled"]).optional(),
  queueTime: z.string(),
  startTime: z.string().optional(),
  finishTime: z.string().optional(),
  /** refs/heads/…, refs/tags/…, refs/pull/…/merge */
  branch: z.string(),
  /** Commit. */
  version: z.string(),
  /** What started it. A version before knew only one reason. */
  cause: causeForm.default({ reason: "manual" }),
  /** Name of who did, with what they pushed or queued. */
  requestedFor: z.string().default(operatorName),
  /** What was set when it was queued, without secrets. */
  parameters: texts,
  templateParameters: texts,
  /** The definition's variables as they were then, with what was set. */
  variables: z.array(variableForm),
  /** The variable groups that the YAML names, with their variables as they were then. None of a version before. */
  groups: z.array(z.strictObject({ name: z.string(), variables: z.array(variableForm) })).default([]),
  plan: planForm,
  /** Why it did not start, or could not go on. */
  problems: z.array(z.string()),
  tags: z.array(z.string()),
  testResults: z.array(testRunSummaryForm),
  /** None where an earlier version has written the file. */
  coverage: z.array(coverageForm).default([]),
  /** The timeline. Empty until it starts. */
  records: z.array(timelineRecordForm),
});

export type Build = z.output<typeof buildForm>;

/** Keeps a run from being deleted, and its pipeline if it protects that as well. */
const retentionLeaseForm = z.strictObject({
  id: z.int(),
  projectId: z.string(),
  definitionId: z.int(),
  buildId: z.int(),
  /** Who keeps it: "User:<id>", "RM:…" for a release, or any text. */
  ownerId: z.string(),
  protectPipeline: z.boolean(),
  createdOn: z.string(),
  validUntil: z.string(),
});

export type RetentionLease = z.output<typeof retentionLeaseForm>;

const waitingForm = z.strictObject({ definitionId: z.int(), branch: z.string(), requestedFor: z.string() });

/** The runs of an organization's pipelines. Kept apart from the rest: a run changes every moment. */
export const runsForm = z.strictObject({
  builds: z.array(buildForm),
  /** What was pushed while a run of a trigger that batches went on: a run of it follows. */
  waiting: z.array(waitingForm).default([]),
  leases: z.array(retentionLeaseForm),
  /** The last number given out, by kind. */
  last: z.strictObject({ build: z.int(), lease: z.int(), testRun: z.int() }),
  /** The last `$(Rev:r)` of a definition's run numbers, by the rest of the number. */
  revisions: z.array(z.strictObject({ definitionId: z.int(), rest: z.string(), last: z.int() })),
});

export type RunsState = z.output<typeof runsForm>;

/** No run yet. */
export function noRuns(): RunsState {
  return { builds: [], waiting: [], leases: [], last: { build: 0, lease: 0, testRun: 0 }, revisions: [] };
}
