import fc from "fast-check";
import { environmentName } from "../../../../src/cli/env/environment-name";
import { environmentNameRule, repositoryNameRule, stackNameRule } from "../../../../src/rules/names";

test.each([
  ["tensorflow", "tensorflow"],
  ["feature/tensorflow", "feature--tensorflow"],
  ["feature/tensorflow_2.16", "feature--tensorflow_2.16"],
  ["release-1.0", "release-1.0"],
])("the branch %s is called %s", (branch, name) => {
  expect(environmentName(branch)).toBe(name);
});

test.each([
  ["TensorFlow", /^tensorflow-[0-9a-f]{10}$/],
  ["feature/ABC-123-größer", /^feature-abc-123-gro-er-[0-9a-f]{10}$/],
  ["a--b", /^a-b-[0-9a-f]{10}$/],
  ["日本語", /^branch-[0-9a-f]{10}$/],
  ["-", /^branch-[0-9a-f]{10}$/],
  ["fix/.hidden", /^fix-hidden-[0-9a-f]{10}$/],
  ["tensorflow-0123456789", /^tensorflow-0123456789-[0-9a-f]{10}$/],
  ["a".repeat(300), /^a{49}-[0-9a-f]{10}$/],
])("the branch %s, which cannot be a name, stays readable", (branch, name) => {
  expect(environmentName(branch)).toMatch(name);
});

test.each([
  ["case", "tensorflow", "TensorFlow"],
  ["a slash and a dash", "feature/x", "feature-x"],
  ["a slash and two dashes", "feature/x", "feature--x"],
  ["characters that are not allowed", "a+b", "a@b"],
  ["accents", "gross", "größ"],
  ["what is cut off", `${"a".repeat(80)}b`, `${"a".repeat(80)}c`],
  ["a prefix", "tensor", "tensorflow"],
])("branches that differ in %s have different names", (_, one, other) => {
  expect(environmentName(one)).not.toBe(environmentName(other));
});

/** Branch names as `git check-ref-format` allows them, many of them alike. */
const branches = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 120 }),
    fc.string({ unit: fc.constantFrom("a", "A", "b", "-", "_", ".", "/", "0", "ä"), minLength: 1, maxLength: 12 }),
  )
  .filter((name) => !/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|^@$/u.test(name));

test("every name is a valid part of an image's name and of a stack's", () => {
  fc.assert(
    fc.property(branches, (branch) => {
      const name = environmentName(branch);
      expect(name).toMatch(environmentNameRule.pattern);
      expect(`mlops/diabetes_regression/${name}`).toMatch(repositoryNameRule.pattern);
      expect(`dev-${name}`).toMatch(stackNameRule.pattern);
    }),
    { numRuns: 2000 },
  );
});

test("two branches never share a name", () => {
  fc.assert(
    fc.property(branches, branches, (one, other) => {
      fc.pre(one !== other);
      expect(environmentName(one)).not.toBe(environmentName(other));
    }),
    { numRuns: 5000 },
  );
});

test("a branch that is called what another branch's environment is called gets another name", () => {
  fc.assert(
    fc.property(branches, (branch) => {
      const name = environmentName(branch);
      fc.pre(name !== branch);
      expect(environmentName(name)).not.toBe(name);
    }),
    { numRuns: 2000 },
  );
});
