import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveUser } from "../../../../local-cloud/agent/containers/image";
import { parseLoggingCommand } from "../../../../local-cloud/agent/log/logging-commands";
import { Masker } from "../../../../local-cloud/agent/log/masker";
import { StepLog } from "../../../../local-cloud/agent/log/step-log";
import type { Publication, Recorder, Result } from "../../../../local-cloud/agent/run";
import {
  dependencyFunctions,
  holds,
  type Outcome,
  resultOf,
  stepFunctions,
} from "../../../../local-cloud/agent/status";
import { Variables } from "../../../../local-cloud/agent/variables";

describe("a variable", () => {
  const variables = new Variables();
  variables.set("Image.Name", "mlops/$(team)");
  variables.set("team", "model");
  variables.set("round", "a$(round)");
  variables.set("password", "s3cret", true);

  test.each([
    ["$(team)", "model"],
    ["in $(IMAGE.NAME):$(team)!", "in mlops/model:model!"],
    ["$(unknown) $(team)", "$(unknown) model"],
    ["$(unknown $(team)", "$(unknown model"],
    ["$(password)", "s3cret"],
    ["$(team", "$(team"],
    ["$[variables.team] $TEAM $((1))", "$[variables.team] $TEAM $((1))"],
  ])("%s is expanded to %s", (text, expected) => {
    expect(variables.expand(text)).toBe(expected);
  });

  test("that refers to itself does not expand for ever", () => {
    expect(variables.expand("$(round)")).toMatch(/^a+\$\(round\)$/);
  });

  test("is in the environment in upper case, with _ for dots and spaces, unless it is secret", () => {
    const { ROUND, ...others } = variables.environment();
    expect(ROUND).toContain("a");
    expect(others).toEqual({ IMAGE_NAME: "mlops/model", TEAM: "model" });
  });

  test("that was secret stays so, whoever sets it", () => {
    const copy = variables.copy();
    copy.set("PASSWORD", "other");
    expect(copy.environment()).not.toHaveProperty("PASSWORD");
    expect([copy.get("password"), variables.get("password")]).toEqual(["other", "s3cret"]);
  });
});

describe("a logging command", () => {
  test.each([
    ["##vso[task.setvariable variable=a]b", "task.setvariable", { variable: "a" }, "b"],
    [
      "before ##vso[Task.SetVariable Variable=a;isSecret=true;]x=1]",
      "task.setvariable",
      { variable: "a", issecret: "true" },
      "x=1]",
    ],
    [
      "##vso[task.setvariable variable=a%3Bb%5D]1%0A2%0D%25%AZP250A",
      "task.setvariable",
      { variable: "a;b]" },
      "1\n2\r%25%0A",
    ],
    ["##vso[build.addbuildtag]tag", "build.addbuildtag", {}, "tag"],
  ])("is read out of %s", (line, name, properties, data) => {
    expect(parseLoggingCommand(line)).toEqual({ name, properties: new Map(Object.entries(properties)), data });
  });

  test.each(["##[section]Begin", "##vso[task]x", "##vso[task.setvariable variable=a", "echo"])(
    "is not in %s",
    (line) => {
      expect(parseLoggingCommand(line)).toBeUndefined();
    },
  );
});

describe("a log", () => {
  function open(stepName?: string) {
    const lines: string[] = [];
    const issues: string[] = [];
    const published: Publication[] = [];
    const recorder: Recorder = {
      ...{ planned() {}, started() {}, finished() {} },
      published: (what) => {
        if (what.kind === "number" && what.number.includes(":")) throw new Error(`${what.number} is no number`);
        published.push(what);
      },
      log: (_, line) => lines.push(line),
      issue: (_, type, message) => issues.push(`${type}: ${message}`),
    };
    const variables = new Variables();
    return {
      lines,
      issues,
      published,
      variables,
      log: new StepLog("part", stepName, recorder, new Masker(), variables),
    };
  }

  test("shows no secret, neither whole nor a line of it, from when it is one", () => {
    const { lines, log, variables } = open();
    log.output("topsecret");
    log.output("##vso[task.setvariable variable=p;issecret=true]top%0Atopsecret");
    for (const line of ["a topsecret b", "top", "##[section]other"]) log.output(line);
    expect(lines).toEqual(["topsecret", "a *** b", "***", "##[section]other"]);
    expect(variables.environment()).toEqual({});
  });

  test("takes variables, and output variables by the step's name", () => {
    const { log, variables } = open("out");
    log.output("##vso[task.setvariable variable=a]1");
    log.output("##vso[task.setvariable variable=b;isOutput=true]2");
    expect(variables.expand("$(a) $(b) $(out.b)")).toBe("1 $(b) 2");
    expect(log.outputs).toEqual(new Map([["b", "2"]]));
  });

  test("takes issues, with a line for each line", () => {
    const { lines, issues, log } = open();
    log.output("##vso[task.logissue type=warning]first%0Asecond");
    log.output("##vso[task.logissue type=error]wrong");
    expect(lines).toEqual(["##[warning]first", "second", "##[error]wrong"]);
    expect(issues).toEqual(["warning: first\nsecond", "error: wrong"]);
  });

  test.each([
    ["##vso[task.complete result=SucceededWithIssues]", "succeededWithIssues"],
    ["##vso[task.complete result=failed]", "failed"],
    ["##vso[task.complete]", "succeeded"],
  ])("takes a result: %s", (line, result) => {
    const { log } = open();
    log.output(line);
    expect(log.claimed).toBe(result);
  });

  test("takes the run's tags and its number, without secrets", () => {
    const { log, published, variables, lines } = open();
    log.output("##vso[task.setsecret]s3cret");
    log.output("##vso[build.addbuildtag]of s3cret");
    log.output("##vso[build.updatebuildnumber]1.2.3");
    expect(published).toEqual([
      { kind: "tag", tag: "of ***" },
      { kind: "number", number: "1.2.3" },
    ]);
    expect(variables.get("Build.BuildNumber")).toBe("1.2.3");
    expect(lines).toEqual([]);
  });

  test("gives on test results without secrets", () => {
    const { log, published } = open();
    log.output("##vso[task.setsecret]s3cret");
    const result = { outcome: "Failed" as const, durationInMs: 1 };
    const about = { configuration: "", started: "", completed: "" };
    const results = [
      { ...result, name: "s3cret", storage: "of s3cret", errorMessage: "a s3cret", stackTrace: "s3cret b" },
    ];
    log.publish({ ...about, title: "s3cret", platform: "s3cret", results });
    const masked = [{ ...result, name: "***", storage: "of ***", errorMessage: "a ***", stackTrace: "*** b" }];
    expect(published).toEqual([
      { kind: "testResults", run: { ...about, title: "***", platform: "***", results: masked } },
    ]);
  });

  test.each([
    ["##vso[build.addbuildtag]", "error: Build tag is required."],
    ["##vso[build.updatebuildnumber] ", "error: Build number is required."],
    ["##vso[build.updatebuildnumber]a:b", "error: a:b is no number"],
  ])("fails the step for %s", (line, issue) => {
    const { log, issues } = open();
    log.output(line);
    expect({ issues, claimed: log.claimed }).toEqual({ issues: [issue], claimed: "failed" });
  });

  test.each([
    ["##vso[artifact.upload]x", "warning: The local cloud's agent does not know the logging command artifact.upload"],
    ["##vso[task.setvariable]x", "error: Required field 'variable' is missing"],
    ["##vso[task.setvariable variable=a;isOutput=true]x", "warning: Nothing can read the output variable a"],
    ["##vso[task.setvariable variable=a;isReadOnly=true]x", "warning: The local cloud's agent lets later steps change"],
    ["##vso[task.logissue]x", "error: issue type "],
    ["##vso[task.complete result=Perfect]", "error: Command doesn't have valid result value: Perfect"],
  ])("leaves nothing out in silence: %s", (line, issue) => {
    const { issues, log } = open();
    log.output(line);
    expect(issues).toEqual([expect.stringContaining(issue)]);
  });
});

describe("results", () => {
  test.each<[Result[], Result]>([
    [["succeeded", "skipped"], "succeeded"],
    [["succeeded", "succeededWithIssues"], "succeededWithIssues"],
    [["canceled", "succeeded"], "canceled"],
    [["failed", "canceled"], "failed"],
    [["skipped", "skipped"], "skipped"],
    [[], "succeeded"],
  ])("%j come to %s", (results, expected) => {
    expect(resultOf(results)).toBe(expected);
  });

  const before = (...results: Result[]) =>
    new Map(results.map((result, index): [string, Outcome] => [`j${index}`, { result, outputs: new Map() }]));

  test.each<[string | undefined, Result[], boolean]>([
    [undefined, [], true],
    [undefined, ["succeeded", "succeededWithIssues"], true],
    [undefined, ["succeeded", "failed"], false],
    [undefined, ["skipped"], false],
    ["failed()", ["succeeded", "failed"], true],
    ["failed()", ["succeeded", "skipped"], false],
    ["failed('J1')", ["failed", "succeeded"], false],
    ["succeeded('j0')", ["succeeded", "failed"], true],
    ["succeededOrFailed()", ["failed"], true],
    ["succeededOrFailed()", ["canceled"], false],
    ["always()", ["failed", "canceled"], true],
    ["canceled()", ["failed"], false],
  ])("the condition %s after %j is %s", (condition, results, expected) => {
    expect(holds(condition, { values: {}, functions: dependencyFunctions(before(...results), false) })).toBe(expected);
  });

  test.each<[string | undefined, Result, boolean, boolean]>([
    [undefined, "succeeded", false, true],
    [undefined, "succeededWithIssues", false, true],
    [undefined, "failed", false, false],
    ["failed()", "failed", false, true],
    ["succeededOrFailed()", "failed", false, true],
    [undefined, "succeeded", true, false],
    ["failed()", "failed", true, false],
    ["canceled()", "succeeded", true, true],
    ["always()", "failed", true, true],
  ])("a step's condition %s in a job that has %s (cancelled: %s) is %s", (condition, result, canceled, expected) => {
    expect(holds(condition, { values: {}, functions: stepFunctions(result, canceled) })).toBe(expected);
  });
});

describe("the user of an image", () => {
  const root = mkdtempSync(join(tmpdir(), "root-"));
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nmamba:x:57439:57440::/home/mamba:/bin/bash\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nstaff:x:50:\n");
  afterAll(() => rmSync(root, { recursive: true }));

  test.each([
    ["", { uid: 0, gid: 0 }],
    ["mamba", { uid: 57439, gid: 57440 }],
    ["57439", { uid: 57439, gid: 57440 }],
    ["1234", { uid: 1234, gid: 0 }],
    ["mamba:staff", { uid: 57439, gid: 50 }],
    ["1234:5", { uid: 1234, gid: 5 }],
  ])("%j is %j", (user, expected) => {
    expect(resolveUser(root, user)).toEqual(expected);
  });

  test("is refused where the image has no such user or group", () => {
    expect(() => resolveUser(root, "nobody")).toThrow("unable to find user nobody");
    expect(() => resolveUser(root, "mamba:nobody")).toThrow("unable to find group nobody");
    expect(resolveUser("/nowhere", "")).toEqual({ uid: 0, gid: 0 });
  });
});
