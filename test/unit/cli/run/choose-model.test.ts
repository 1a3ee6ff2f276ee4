import { chooseModel } from "../../../../src/cli/run/choose-model";

const model = (name: string, path: string) => ({ id: "1", name, path, url: "https://dev.azure.com/contoso/mlops" });
const train = model("mlops-train", "pipelines/train.yml");
const score = model("nightly", "pipelines/score.yml");

test.each([
  ["the only one, without a word", [train], undefined, train],
  ["one of several by its name", [train, score], "nightly", score],
  ["one of several by its path", [train, score], "pipelines/train.yml", train],
  ["one by a path as a shell completes it", [train, score], "./pipelines/train.yml", train],
])("%s", (_, pipelines, wanted, chosen) => {
  expect(chooseModel(pipelines, wanted)).toBe(chosen);
});

test.each([
  ["without a word", [train, score], undefined, "the stack has 2 model pipelines."],
  ["by a wrong one", [train, score], "no", 'no model pipeline of the stack is called "no".'],
  [
    "by a name that two have",
    [train, model("mlops-train", "a.yml")],
    "mlops-train",
    "several model pipelines are called",
  ],
])("it is not clear which %s: they are listed", (_, pipelines, wanted, problem) => {
  const choose = () => chooseModel(pipelines, wanted);
  expect(choose).toThrow(problem);
  for (const { name, path } of pipelines) expect(choose).toThrow(`  ${name.padEnd(11)}  ${path}`.trimEnd());
});
