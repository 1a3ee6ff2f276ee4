import {
  type NameRule,
  pipelineFolderRule,
  registryNameRule,
  repositoryNameRule,
  resourceGroupNameRule,
  serviceConnectionNameRule,
  tagRule,
  workspaceNameRule,
} from "../../../src/rules/names";

describe.each<[string, NameRule, string[], string[]]>([
  [
    "a registry's name",
    registryNameRule,
    ["mlops", "MlOps2026", "a".repeat(50)],
    ["", "ml", "mlop", "ml-ops", "ml.ops", "ml_ops", "mlöps", "mlops ", "a".repeat(51), "mlops\n"],
  ],
  [
    "a resource group's name",
    resourceGroupNameRule,
    ["r", "rg-ml.ops_(1)", "größe", "a".repeat(90)],
    ["", "rg.", "rg/ml", "rg ml", "a".repeat(91)],
  ],
  [
    "a workspace's name",
    workspaceNameRule,
    ["mlw", "mlw-1_a", "a".repeat(33)],
    ["", "ml", "-mlw", "mlw.1", "a".repeat(34)],
  ],
  [
    "a repository's name",
    repositoryNameRule,
    ["a", "mlops/diabetes_regression", "a/b/c", "a--b", "a__b", "a.b-c_d/9", "a".repeat(255)],
    ["", "MLOps", "/a", "a/", "a//b", "a..b", "a___b", "_a", "-a", "a b", "a:b", "a".repeat(256), "a\n"],
  ],
  [
    "a tag",
    tagRule,
    ["latest", "build-1", "_x", "release-3.0.0", "A".repeat(128)],
    ["", ".a", "-a", "a b", "a/b", "a:b", "ä", "A".repeat(129)],
  ],
  [
    "a service connection's name",
    serviceConnectionNameRule,
    ["acrconnection", "acr-connection_2", "a".repeat(120)],
    ["", "ac", "-acr", "acr connection", "acr/c", "a".repeat(121)],
  ],
  [
    "a folder of pipelines",
    pipelineFolderRule,
    ["\\", "\\ml", "\\ml\\job container"],
    ["", "ml", "/ml", "\\ml\\", "\\\\ml", "\\ml/x", "\\a:b", "\\a*b", "\\a\tb"],
  ],
])("%s", (_, rule, valid, invalid) => {
  test.each(valid)("may be %j", (name) => expect(name).toMatch(rule.pattern));
  test.each(invalid)("may not be %j", (name) => expect(name).not.toMatch(rule.pattern));
});
