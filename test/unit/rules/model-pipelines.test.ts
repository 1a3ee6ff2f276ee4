import { definitionNameOf, formerKeyOf, keyOf, roleOf } from "../../../src/rules/model-pipelines";

const path = "pipelines/train.yml";

test("the only pipeline is the image's model pipeline; one of a list is called as its file", () => {
  expect(definitionNameOf("mlops/diabetes", roleOf({ kind: "only", path }))).toBe("mlops-diabetes-model");
  expect(definitionNameOf("mlops/diabetes", roleOf({ kind: "listed", path }))).toBe("mlops-diabetes-train");
});

test("a pipeline's resources have its path in their names, except those of the only one, which had none before", () => {
  expect(keyOf({ kind: "only", path })).toBe("model");
  expect(keyOf({ kind: "listed", path })).toBe("model-pipelines/train.yml");
});

test("a pipeline that moves from one setting to the other is known by what it was", () => {
  expect(formerKeyOf({ kind: "only", path }, undefined)).toBe("model-pipelines/train.yml");
  expect(formerKeyOf({ kind: "listed", path }, path)).toBe("model");
});

test("another pipeline of the list was not the only one", () => {
  expect(formerKeyOf({ kind: "listed", path }, "pipelines/score.yml")).toBeUndefined();
  expect(formerKeyOf({ kind: "listed", path }, undefined)).toBeUndefined();
});
