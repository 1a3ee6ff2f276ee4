/** The tasks that the local cloud's agent knows, and of each the inputs that it knows. */
const knownTasks: Readonly<Record<string, readonly string[]>> = {
  "Docker@2": [
    "command",
    "containerRegistry",
    "repository",
    "Dockerfile",
    "buildContext",
    "tags",
    "arguments",
    "addPipelineData",
    "addBaseImageData",
  ],
  "PublishTestResults@2": [
    "testResultsFormat",
    "testRunner",
    "testResultsFiles",
    "searchFolder",
    "mergeTestResults",
    "failTaskOnFailedTests",
    "failTaskOnFailureToPublishResults",
    "failTaskOnMissingResultsFile",
    "testRunTitle",
    "buildPlatform",
    "platform",
    "buildConfiguration",
    "configuration",
    "publishRunAttachments",
  ],
};

/** Values that an input may have, where not every one is known; macros are seen when the step runs. */
const knownValues: Readonly<Record<string, readonly string[]>> = {
  command: ["build", "push", "buildAndPush", "login", "logout"],
  testResultsFormat: ["JUnit"],
  testRunner: ["JUnit"],
};

/**
 * What a task's inputs ask for that this agent does not do; the compiler refuses a run that asks for it.
 *
 * @param task name and version, as `Docker@2`
 */
export function checkTask(
  task: string,
  inputs: Readonly<Record<string, string>>,
): { input?: string; message: string }[] {
  const known = Object.entries(knownTasks).find(([name]) => sameText(name, task))?.[1];
  if (known === undefined) {
    const tasks = Object.keys(knownTasks).join(", ");
    return [{ message: `The task '${task}' is not emulated by the local cloud's agent, which knows ${tasks}` }];
  }
  return Object.entries(inputs).flatMap(([input, value]) => {
    const name = known.find((each) => sameText(each, input));
    if (name === undefined) return [{ input, message: `The input '${input}' of the task '${task}' is not emulated` }];
    const values = knownValues[name];
    if (values === undefined || value.includes("$(") || values.some((each) => sameText(each, value.trim()))) return [];
    const message = `The ${name} '${value}' of the task '${task}' is not emulated. There are ${values.join(", ")}`;
    return [{ input, message }];
  });
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
