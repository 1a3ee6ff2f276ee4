import { branchConnectionName } from "../../../src/rules/branch-connection";
import { serviceConnectionNameRule } from "../../../src/rules/names";

test("a branch's connection is called as the base's that pushes, with the environment behind it", () => {
  expect(branchConnectionName("acrconnection-push", "feature--x")).toBe("acrconnection-push-feature--x");
});

test("the rule for connections takes every one, and no two environments have the same", () => {
  const long = "e".repeat(60);
  const environments = ["v1.2", "v1-2", "v1_2", "v1.2.0", long, `${long.slice(1)}f`, "v1-2-0"];
  for (const push of ["acr-push", `${"c".repeat(115)}-push`]) {
    const names = environments.map((environment) => branchConnectionName(push, environment));
    expect(names.filter((name) => !serviceConnectionNameRule.pattern.test(name))).toEqual([]);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(environments.length);
  }
});
