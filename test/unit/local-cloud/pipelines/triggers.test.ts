import { PipelineError } from "../../../../local-cloud/pipelines/problems";
import { readTriggers, type Triggers } from "../../../../local-cloud/pipelines/triggers";

const nothing = { branches: undefined, tags: undefined, paths: undefined, batch: false };

test.each<[string, Triggers["push"]]>([
  ["steps: []", "implied"],
  ["trigger:", "implied"],
  ["trigger: none", "none"],
  ["trigger: [main, releases/*]", { ...nothing, branches: { include: ["main", "releases/*"], exclude: [] } }],
  [
    "trigger: { batch: true, branches: { include: [main], exclude: [x] }, paths: [docker], tags: { include: v* } }",
    {
      batch: true,
      branches: { include: ["main"], exclude: ["x"] },
      paths: { include: ["docker"], exclude: [] },
      tags: { include: ["v*"], exclude: [] },
    },
  ],
])("what starts a pipeline is read without the rest of its file: %s", (yaml, push) => {
  expect(readTriggers("ci.yml", `${yaml}\nstages: [{ task: Unknown@1 }]\n`)).toEqual({ push, schedules: [] });
});

test("schedules have a name, branches, and whether they always run", () => {
  const yaml = `
schedules:
  - { cron: "0 2 * * *", displayName: Sweep, branches: { include: [main] }, always: "true" }
  - { cron: "0 4 * * *", batch: true }
`;
  expect(readTriggers("ci.yml", yaml).schedules).toEqual([
    {
      ...{ cron: "0 2 * * *", displayName: "Sweep", branches: { include: ["main"], exclude: [] } },
      ...{ always: true, batch: false },
    },
    { cron: "0 4 * * *", displayName: "", branches: undefined, always: false, batch: true },
  ]);
});

test.each([
  ["trigger: [main", "/a/ci.yml (Line: "],
  ["trigger: { branch: [main] }", "/a/ci.yml (Line: 1, Col: 12): Unexpected value 'branch'"],
  [`trigger: ["\${{ variables.x }}"]`, "/a/ci.yml (Line: 1, Col: 11): A template expression is not allowed"],
])("what cannot be read is refused with its place: %s", (yaml, message) => {
  expect(() => readTriggers("a/ci.yml", yaml)).toThrow(PipelineError);
  expect(() => readTriggers("a/ci.yml", yaml)).toThrow(message);
});
