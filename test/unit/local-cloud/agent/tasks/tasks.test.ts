import { checkTask, runTask } from "../../../../../local-cloud/agent/tasks";
import { taskStep } from "../../../support/task-step";

describe("the check before a run", () => {
  test.each([
    ["Docker@2", { Command: "BUILD", repository: "a", tags: "$(tags)" }, []],
    ["docker@2", { command: "$(command)" }, []],
    ["Docker@2", { command: "start" }, [{ input: "command", message: expect.stringContaining("'start'") }]],
    ["Docker@2", { container: "x" }, [{ input: "container", message: expect.stringContaining("'container'") }]],
    ["Docker@1", {}, [{ message: expect.stringContaining("'Docker@1' is not emulated") }]],
    ["CmdLine@2", { script: "a", failOnStderr: "False" }, []],
    ["CmdLine@2", { workingDirectory: "a" }, [{ message: "Input required: script" }]],
    ["Bash@3", { targetType: "Inline", script: "a" }, []],
    ["Bash@3", { filePath: "a.sh", arguments: "b" }, []],
    ["Bash@3", { targetType: "other" }, [{ input: "targetType", message: expect.stringContaining("'other'") }]],
    [
      "Bash@3",
      { targetType: "inline", script: "a", failOnStderr: "true" },
      [{ input: "failOnStderr", message: expect.stringContaining("There are false") }],
    ],
  ])("%s with %j: %j", (task, inputs, problems) => {
    expect(checkTask(task, inputs)).toEqual(problems);
  });
});

describe("a script", () => {
  /** What is in the file that bash runs, what is said, and how it is started. */
  function run(task: string, inputs: Record<string, string>, code = 0) {
    const said: string[] = [];
    const written: string[] = [];
    const step = taskStep({ line: (text) => said.push(text), output: (text) => said.push(text) });
    step.variables.set("folder", "src");
    const exec = jest.fn<Promise<number>, Parameters<typeof step.exec>>(async ({ line }) => {
      line("hello");
      return code;
    });
    const workspace = {
      ...step.workspace,
      writeTemporary: (_: string, text: string) => {
        written.push(text);
        return "/w/_temp/script.sh";
      },
      insidePath: (path: string) => `/w/s/${path}`,
    };
    const done = runTask(task, inputs, { ...step, workspace, exec, environment: { A: "1" } });
    return { done, said, written, exec };
  }

  test.each(["Bash@3", "CmdLine@2"])("of %s is run by bash as it is written, macros expanded", async (task) => {
    const { done, said, written, exec } = run(task, {
      ...(task === "Bash@3" && { targetType: "Inline" }),
      ...{ Script: "  echo $(folder)\t", workingDirectory: " $(folder) " },
    });
    await done;
    expect(written).toEqual(["  echo src\t"]);
    expect(said).toEqual(["Script contents:", "  echo src\t", expect.stringMatching(/^=+ Starting/), "hello"]);
    expect(exec.mock.calls).toMatchObject([
      [
        {
          args: ["bash", "--noprofile", "--norc", "/w/_temp/script.sh"],
          directory: "/w/s/src",
          environment: { A: "1" },
        },
      ],
    ]);
  });

  test("of several lines is not shown", async () => {
    const { done, said } = run("CmdLine@2", { script: "echo a\necho b" });
    await done;
    expect(said).toEqual([expect.stringMatching(/^=+ Starting/), "hello"]);
  });

  test("fails with its exit code", async () => {
    await expect(run("Bash@3", { targetType: "inline", script: "exit 3" }, 3).done).rejects.toThrow(
      "Bash exited with code '3'.",
    );
  });
});

test("a task that there is not is refused at the latest when it is run", () => {
  expect(() => runTask("Npm@1", {}, taskStep())).toThrow("The task 'Npm@1' is not emulated");
});
