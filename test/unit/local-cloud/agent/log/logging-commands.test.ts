import { parseLoggingCommand } from "../../../../../local-cloud/agent/log/logging-commands";

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
