import {
  environmentNameRule,
  type NameRule,
  pipelineFolderRule,
  registryNameRule,
  repositoryNameRule,
  resourceGroupNameRule,
  serviceConnectionNameRule,
  stackNameRule,
  tagRule,
  workspaceNameRule,
} from "../../../src/rules/names";

const long = (length: number) => "a".repeat(length);

const rules: [what: string, rule: NameRule, bad: string[]][] = [
  [
    "registry",
    registryNameRule,
    ["", "acr", long(51), "my-acr", "my.acr", "my_acr", "my acr", "acrä1", "mlops\n", "my/acr"],
  ],
  [
    "resource group",
    resourceGroupNameRule,
    ["", "rg.", long(91), "rg ml", "rg/ml", "rg\\ml", "rg'", "rg\n", "rg;ml", "rg%20"],
  ],
  ["workspace", workspaceNameRule, ["", "ml", long(34), "-mlw", "_mlw", "ml w", "ml.w", "mlw/x", "mlw\n", "mlwé"]],
  [
    "repository",
    repositoryNameRule,
    [
      "",
      "MLOps",
      "a//b",
      "/a",
      "a/",
      "a..b",
      "a._b",
      "a___b",
      "-a",
      "a-",
      "a:b",
      "a@b",
      "a b",
      "../a",
      "a/../b",
      "a\n",
      long(256),
    ],
  ],
  ["tag", tagRule, ["", ".a", "-a", "a b", "a:b", "a/b", "a+b", "a\n", "é", long(129), "$(a)", 'a"b']],
  [
    "service connection",
    serviceConnectionNameRule,
    ["", "ab", long(121), "-abc", "_abc", "a b c", "a.b", "abc\n", "abc/d"],
  ],
  [
    "pipeline folder",
    pipelineFolderRule,
    ["", "ml", "\\ml\\", "\\\\ml", "\\a/b", "\\a:b", "\\a|b", "\\a%b", "\\a\nb", "\\a+b", '\\a"b'],
  ],
  [
    "environment",
    environmentNameRule,
    ["", "A", "a b", "a/b", "-a", "a-", ".a", "a..b", "a___b", "a\n", long(61), "é", "../a"],
  ],
  ["stack", stackNameRule, ["", "a b", "a/b", "a:b", "a\n", "é", long(101), "../a", "a$b"]],
];

describe.each(rules)("no name of a %s", (_, { pattern, text }, bad) => {
  test.each(bad)("%j", (name) => {
    expect(name).not.toMatch(pattern);
    // What it may be is said in a sentence that goes on from "must be".
    expect(text).toMatch(/^[\d'a-z].*[^.]$/);
  });
});
