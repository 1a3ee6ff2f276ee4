import { Masker } from "../../../../../local-cloud/agent/log/masker";
import { StepLog } from "../../../../../local-cloud/agent/log/step-log";
import type { Publication, Recorder } from "../../../../../local-cloud/agent/run";
import { Variables } from "../../../../../local-cloud/agent/variables";
import type { StepRestrictions } from "../../../../../local-cloud/pipelines/plan";

describe("a log", () => {
  function open(stepName?: string, restrictions?: StepRestrictions) {
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
    const folders: string[] = [];
    const prependPath = (folder: string) => folders.push(folder);
    return {
      ...{ lines, issues, published, variables, folders },
      log: new StepLog("part", stepName, recorder, new Masker(), variables, prependPath, restrictions),
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

  test("takes folders for the PATH of later steps", () => {
    const { log, folders, issues } = open(undefined, { commands: "restricted" });
    log.output("##vso[task.prependpath]/opt/tool/bin");
    log.output("##vso[task.prependpath]");
    expect({ folders, issues }).toEqual({ folders: ["/opt/tool/bin"], issues: ["error: Missing path to prepend."] });
  });

  test("takes variables, and output variables by the step's name", () => {
    const { log, variables } = open("out");
    log.output("##vso[task.setvariable variable=a]1");
    log.output("##vso[task.setvariable variable=b;isOutput=true]2");
    expect(variables.expand("$(a) $(b) $(out.b)")).toBe("1 $(b) 2");
    expect(log.outputs).toEqual(new Map([["b", "2"]]));
  });

  test("of a restricted step takes the commands that the agent lets it give, and warns of the others", () => {
    const { log, lines, issues, published } = open(undefined, { commands: "restricted" });
    log.output("#9 1.0 ##vso[build.addbuildtag]release");
    log.output("##vso[build.updatebuildnumber]7");
    log.output("##vso[task.uploadsummary]a.md");
    log.output("##vso[task.logissue type=error]wrong");
    expect(published).toEqual([]);
    expect(issues).toEqual([
      ...["build.addbuildtag", "build.updatebuildnumber", "task.uploadsummary"].map(
        (name) => `warning: ##vso[${name}] is not allowed in this step due to policy restrictions.`,
      ),
      "error: wrong",
    ]);
    expect(lines).toHaveLength(4);
  });

  test("of a step that may set some variables sets no others, by no way to write them", () => {
    const { log, variables, issues } = open("out", { commands: "any", settableVariables: ["tags"] });
    log.output("##vso[task.setvariable variable=TAGS]1");
    log.output("##vso[task.setvariable variable=imageRepository]2");
    log.output("##vso[task.setvariable variable=b;isOutput=true]3");
    expect(variables.expand("$(tags) $(imageRepository) $(out.b)")).toBe("1 $(imageRepository) $(out.b)");
    expect(log.outputs.size).toBe(0);
    expect(issues).toEqual(
      ["imageRepository", "b"].map(
        (name) => `warning: Setting variable '${name}' has been disabled by the task or build definition.`,
      ),
    );
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
