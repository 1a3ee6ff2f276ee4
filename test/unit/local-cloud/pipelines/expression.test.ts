import {
  checkExpression,
  evaluate,
  mapOf,
  runtimeExpression,
  type Scope,
} from "../../../../local-cloud/pipelines/expression";
import { Version } from "../../../../local-cloud/pipelines/value";

const scope: Scope = {
  values: {
    variables: mapOf({
      letters: "ABC",
      number: "1,234.5",
      empty: "",
      "Build.SourceBranch": "refs/heads/main",
      v: "1.2.3",
    }),
    dependencies: mapOf({ A: mapOf({ result: "Succeeded", outputs: mapOf({ "step.tag": "v1" }) }) }),
    list: ["a", "b", "2"],
  },
  functions: { succeeded: (...jobs) => jobs.every((job) => job !== "broken"), failed: () => false, always: () => true },
};

const run = (expression: string) => evaluate(expression, scope);

test.each([
  ["'It''s'", "It's"],
  ["''", ""],
  ["tRuE", true],
  ["-1.5", -1.5],
  [".5", 0.5],
  ["  42  ", 42],
])("the literal %s", (expression, value) => {
  expect(run(expression)).toBe(value);
});

test("a version is written without quotes", () => {
  expect(run("1.2.3.4")).toEqual(Version.parse("1.2.3.4"));
});

test.each([
  ["variables.letters", "ABC"],
  ["variables['Build.SourceBranch']", "refs/heads/main"],
  ["VARIABLES['build.sourcebranch']", "refs/heads/main"],
  ["variables.noSuch", null],
  ["variables.letters.deeper", null],
  ["dependencies.A.result", "Succeeded"],
  ["dependencies.A.outputs['step.tag']", "v1"],
  ["dependencies.noSuch.outputs['step.tag']", null],
  ["list[1]", "b"],
  ["list[7]", null],
])("%s is looked up without regard to case, and null if it is not there", (expression, value) => {
  expect(run(expression)).toBe(value);
});

test.each([
  // Texts are compared without regard to case.
  ["eq('abc', 'ABC')", true],
  ["ne('abc', 'ABC')", false],
  ["eq(variables.letters, 'abc')", true],
  ["contains('ABCDE', 'bcd')", true],
  ["startsWith(variables['Build.SourceBranch'], 'REFS/heads/')", true],
  ["endsWith('ABCDE', 'de')", true],
  ["in('B', 'a', 'b')", true],
  ["notIn('B', 'a', 'b')", false],
  ["containsValue(list, 'B')", true],
  ["lt('a', 'B')", true],
  // The right value becomes what the left one is.
  ["eq(1234.5, variables.number)", true],
  ["eq(variables.number, 1234.5)", false],
  ["eq('1.0', 1)", false],
  ["eq(1, '1.0')", true],
  ["eq(1, 'x')", false],
  ["ne(1, 'x')", true],
  ["eq(0, '')", true],
  ["eq(1, true)", true],
  ["eq(true, 'false')", true],
  ["eq('true', true)", true],
  ["eq(false, 0)", true],
  ["eq(variables.noSuch, '')", true],
  ["eq('', variables.noSuch)", true],
  ["eq(variables.noSuch, 0)", false],
  ["eq(0, variables.noSuch)", true],
  ["eq(1.2.3, variables.v)", true],
  ["eq(1.2.3, '1.2.3.0')", false],
  ["gt(1.10.0, '1.9.9')", true],
  ["gt('1.10.0', '1.9.9')", false],
  ["ge(5, '5')", true],
  ["le(variables.noSuch, 0)", true],
  ["gt(2, true)", true],
  // What is true.
  ["not('')", true],
  ["not('false')", false],
  ["not(0)", true],
  ["not(variables.noSuch)", true],
  ["and(1, 'x', 1.2.3, list)", true],
  ["or('', 0, variables.noSuch)", false],
  ["xor(true, true)", false],
])("%s is %s", (expression, value) => {
  expect(run(expression)).toBe(value);
});

test.each([
  ["coalesce('', variables.noSuch, 'x', 'y')", "x"],
  ["coalesce('', variables.noSuch)", null],
  ["format('{0} {{0}} {1} {0}', 'a', true)", "a {0} True a"],
  ["join(', ', list)", "a, b, 2"],
  ["join(', ', 'only')", "only"],
  ["join('+', split('a,b;c', ',;'))", "a+b+c"],
  ["length('four')", 4],
  ["length(list)", 3],
  ["lower('ABC')", "abc"],
  ["upper('abc')", "ABC"],
  ["trim('  a ')", "a"],
  ["replace('a-b-A', 'a', '$&')", "$&-b-A"],
  ["convertToJson(list)", '[\n  "a",\n  "b",\n  "2"\n]'],
  ["convertToJson(true)", "true"],
  ["iN('B', 'b')", true],
])("%s gives %j", (expression, value) => {
  expect(run(expression)).toBe(value);
});

test("and and or stop where the result is known", () => {
  expect(run("and(false, gt(1, 'x'))")).toBe(false);
  expect(run("or(true, gt(1, 'x'))")).toBe(true);
  expect(run("in('a', 'A', join(1, gt(1, 'x')))")).toBe(true);
});

test("functions of the scope get texts, and are called only when they are reached", () => {
  expect(run("and(succeeded('a', 'b'), not(failed()))")).toBe(true);
  expect(run("succeeded('a', 'broken')")).toBe(false);
  expect(run("Always()")).toBe(true);
});

test.each([
  ["", "An expression was expected"],
  ["foo", "Unrecognized value: 'foo'. Located at position 1 within expression: foo."],
  [
    "eq(1, parameters.x)",
    "Unrecognized value: 'parameters'. Located at position 7 within expression: eq(1, parameters.x).",
  ],
  ["nosuch('a')", "Unrecognized value: 'nosuch'. Located at position 1"],
  ["$(x)", "Unrecognized value: '$'. Located at position 1"],
  ["eq(1, 'a", "Unrecognized value: ''a'. Located at position 7"],
  ["1.2.3.4.5", "Unrecognized value: '1.2.3.4.5'. Located at position 1"],
  ["1 == 1", "Unexpected symbol: '=='. Located at position 3"],
  ["eq(1)", "Unexpected symbol: ')'. Located at position 5"],
  ["not(1, 2)", "Unexpected symbol: ')'. Located at position 9"],
  ["eq(1, 2", "Unclosed function: 'eq'. Located at position 1"],
  ["eq(1, ", "Unclosed function: 'eq'. Located at position 1"],
  ["eq", "Expected '(' to follow function: 'eq'. Located at position 1"],
  ["variables['a'", "Unclosed indexer: '['. Located at position 10"],
  ["variables.", "Expected a property name to follow the dereference operator: '.'. Located at position 10"],
  ["variables.*.id", "Unexpected symbol: '*"],
  ["'a'.b", "Unexpected symbol"],
  ["eq(1, 2) eq(1, 2)", "Unexpected symbol: 'eq'. Located at position 10"],
  ["eq(1 2)", "Unexpected symbol: '2'. Located at position 6"],
  [")", "Unexpected symbol: ')'. Located at position 1"],
  [`${"not(".repeat(60)}1${")".repeat(60)}`, "Exceeded max expression depth 50"],
  ["gt(1, 'x')", "Unable to convert from String to Number. Value: x"],
  ["gt(1.2.3, 'x')", "Unable to convert from String to Version. Value: x"],
  ["lower(list)", "Unable to convert from Array to String. Value: Array"],
  ["format('{1}', 'a')", "The following format string references more arguments than were supplied: {1}"],
  ["format('{x}', 'a')", "The following format string is invalid: {x}"],
])("%s is refused", (expression, message) => {
  expect(() => run(expression)).toThrow(message);
});

test("an expression is checked without being computed", () => {
  expect(() => checkExpression("gt(1, 'x')", [], [])).not.toThrow();
  expect(() => checkExpression("dependencies.A.result", ["variables"], [])).toThrow(
    "Unrecognized value: 'dependencies'",
  );
  expect(() => checkExpression("succeeded()", [], [])).toThrow("Unrecognized value: 'succeeded'");
});

test.each([
  ["$[ eq(1, 2) ]", " eq(1, 2) "],
  ["$[variables['a']]", "variables['a']"],
  ["a $[ b ]", undefined],
  ["$(a)", undefined],
  ["", undefined],
])("a variable's value is a runtime expression if all of it is: %s", (value, expression) => {
  expect(runtimeExpression(value)).toBe(expression);
});
