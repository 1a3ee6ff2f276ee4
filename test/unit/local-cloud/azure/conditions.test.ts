import { parseCondition } from "../../../../local-cloud/azure/conditions";

const read = "Microsoft.ContainerRegistry/registries/repositories/content/read";
const write = "Microsoft.ContainerRegistry/registries/repositories/content/write";
const name = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]";

describe("a condition", () => {
  it.each([
    ["an equal name", `${name} StringEquals 'mlops/a'`, "mlops/a", true],
    ["a name in other letters", `${name} StringEquals 'mlops/A'`, "mlops/a", false],
    ["a name in other letters, which do not matter", `${name} StringEqualsIgnoreCase 'MLOPS/A'`, "mlops/a", true],
    ["the beginning of a name", `${name} StringStartsWith 'mlops/'`, "mlops/a", true],
    ["another beginning", `${name} StringStartsWithIgnoreCase 'mlops/'`, "mlops", false],
    ["an attribute in other letters", `${name.toLowerCase()} StringEquals 'a'`, "a", true],
    ["a comparison without a repository", `${name} StringEquals 'a'`, undefined, false],
    ["its opposite", `!(${name} StringEquals 'a')`, undefined, true],
    ["an action", `ActionMatches{'${read}'}`, "a", true],
    ["a pattern of actions", "ActionMatches{'Microsoft.ContainerRegistry/*/read'}", "a", true],
    ["another action", `ActionMatches{'${write}'}`, "a", false],
    ["not another action", `NOT ActionMatches{'${write}'}`, "a", true],
    ["both of two", `ActionMatches{'${read}'} AND ${name} StringEquals 'a'`, "b", false],
    ["one of two", `ActionMatches{'${read}'} || ${name} StringEquals 'a'`, "b", true],
    ["three in brackets", `(ActionMatches{'x'} OR ActionMatches{'${read}'}) && ${name} StringEquals 'a'`, "a", true],
    ["a text like a symbol", `${name} StringEquals '!' OR ${name} StringEquals '('`, "(", true],
    ["line breaks", `(\n ActionMatches{'${read}'}\n)\n`, "a", true],
  ])("of %s", (_, condition, repository, expected) => {
    expect(parseCondition(condition)({ permission: read, repository })).toBe(expected);
  });

  it.each([
    ["nothing", "", "it ends where an expression is expected"],
    ["half a bracket", "(ActionMatches{'x'}", "a ')' is missing"],
    ["a bracket too many", "ActionMatches{'x'})", "')' is not expected behind the end"],
    ["AND beside OR", "ActionMatches{'x'} AND ActionMatches{'y'} OR ActionMatches{'z'}", "without parentheses"],
    ["no operator", `${name} 'a'`, `an operator is expected behind ${name}`],
    ["no text", `${name} StringEquals`, "a text in single quotes is expected"],
    ["a text without an end", `${name} StringEquals 'a`, "'a' is not expected"],
    ["a text in front", "'a'", "'a' is not expected where an expression begins"],
  ])("of %s is none", (_, condition, reason) => {
    expect(() => parseCondition(condition)).toThrow(
      expect.objectContaining({ status: 400, code: "InvalidCondition", message: expect.stringContaining(reason) }),
    );
  });

  it.each([
    [
      "attribute",
      "@Principal[Microsoft.Directory/x:y] StringEquals 'a'",
      "the attribute @Principal[Microsoft.Directory/x:y]",
    ],
    ["operator", `${name} StringLike 'a*'`, "the operator 'StringLike'"],
    ["operator that JavaScript knows", `${name} constructor 'a'`, "the operator 'constructor'"],
    [
      "cross product",
      `${name} ForAnyOfAnyValues:StringEquals {'a', 'b'}`,
      "the operator 'ForAnyOfAnyValues:StringEquals'",
    ],
    ["list of values", `${name} StringEquals {'a', 'b'}`, "several values"],
    ["function", "Exists @Request[a:b]", "'Exists'"],
  ])("with a %s that is not emulated is refused by its name", (_, condition, what) => {
    expect(() => parseCondition(condition)).toThrow(
      expect.objectContaining({
        status: 501,
        message: expect.stringContaining(`The local cloud does not emulate ${what}`),
      }),
    );
  });
});
