import type { TaskStep } from "../../../local-cloud/agent/tasks/task";
import { Variables } from "../../../local-cloud/agent/variables";

type Log = TaskStep<string>["log"];

/**
 * A step of a job on the agent's own machine, for `runTask`: a test puts in what the task shall use, and anything else
 * that it uses fails the test.
 */
export function taskStep(log: Partial<Log> = {}): Omit<TaskStep<string>, "input" | "isOn"> {
  const unexpected = () => {
    throw new Error("The test expects the task to leave this alone.");
  };
  return {
    environment: {},
    state: new Map(),
    variables: new Variables(),
    artifacts: { names: unexpected, folderOf: unexpected, add: unexpected },
    caches: { find: unexpected, save: unexpected },
    log: {
      line: unexpected,
      output: unexpected,
      warn: unexpected,
      publish: unexpected,
      publishCoverage: unexpected,
      ...log,
    },
    workspace: {
      inside: "/w",
      paths: {
        ...{ workspace: "/w", sources: "/w/s", staging: "/w/a", binaries: "/w/b", tools: "/w/_tool" },
        ...{ testResults: "/w/TestResults", temporary: "/w/_temp" },
      },
      hostPath: unexpected,
      exists: unexpected,
      filesBelow: unexpected,
      insidePath: unexpected,
      replaceSources: unexpected,
      copyIn: unexpected,
      copyOut: unexpected,
      empty: unexpected,
      writeTemporary: unexpected,
      removeTemporary: unexpected,
    },
    exec: unexpected,
    prependPath: unexpected,
    inContainer: false,
    builder: { buildctl: "buildctl", address: "tcp://127.0.0.1:1" },
    docker: { images: new Map(), logins: new Map() },
    directory: "/nowhere",
    signIn: unexpected,
    azureIdentity: unexpected,
    signal: new AbortController().signal,
  };
}
