import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { pipConstraint, specifierProblem } from "../../../../src/conda/pip-entry/specifier";

describe("a specifier admits what PEP 440 says", () => {
  test.each([
    ["==", "2.0.*", "2", true],
    ["==", "2.0.*", "2.0.7", true],
    ["==", "2.0.*", "2.1", false],
    ["==", "2.0.*", "2.0rc1", true],
    ["==", "1!2.*", "2.0", false],
    ["~=", "2.0.0", "2", true],
    ["~=", "1.0.0", "1.0", true],
    ["~=", "2.2.post3", "2.3", true],
    ["!=", "2.0.*", "2", false],
    ["<", "2.0", "2.0rc1", false],
    ["<", "2.0rc2", "2.0rc1", true],
    [">", "2.0", "2.0.post1", false],
    [">", "2.0", "2.0+cpu", false],
    [">", "2.0.post1", "2.0.post2", true],
    ["<=", "2.0", "2.0+cpu", true],
    ["==", "2.0", "2.0+cpu", true],
    ["==", "2.0+CPU", "2.0+cpu", true],
    ["!=", "2.0+cpu", "2.0", true],
    ["===", "2.0", "2.0.0", false],
  ])("%s%s and %s: %s", (operator, version, candidate, admitted) => {
    expect(pipConstraint([{ operator, version }]).accepts(candidate)).toBe(admitted);
  });
});

/** Asks `packaging`, which pip has a copy of, for each of these: whether it is a specifier, and contains the version. */
const program = `
import json, sys
try:
    from packaging import __version__
    from packaging.specifiers import Specifier, InvalidSpecifier
except ImportError:
    from pip._vendor.packaging import __version__
    from pip._vendor.packaging.specifiers import Specifier, InvalidSpecifier
# Before that, what < and > say of pre- and post-releases was another.
assert int(__version__.split(".")[0]) >= 26
def answer(specifier, version):
    try:
        return Specifier(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return None
print(json.dumps([answer(*pair) for pair in json.load(sys.stdin)]))
`;

function packagingSays(pairs: [string, string][]): (boolean | null)[] | undefined {
  try {
    return JSON.parse(execFileSync("python3", ["-c", program], { input: JSON.stringify(pairs), encoding: "utf8" }));
  } catch {
    return undefined;
  }
}

const hasPackaging = packagingSays([["==1", "1"]]) !== undefined;

/** Few numbers, so that many are equal. */
const number = fc.constantFrom("0", "1", "2", "10");
const release = fc.array(number, { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join("."));
const part = (...values: string[]) => fc.constantFrom("", "", "", ...values);
const version = fc
  .tuple(
    part("1!"),
    release,
    part("a1", "rc1", "rc2", "-beta.2"),
    part(".post0", ".post1", "-1"),
    part(".dev0", ".dev1"),
  )
  .map((parts) => parts.join(""));
const local = fc.constantFrom("", "", "+cpu", "+cu12", "+1", "+cu.12");
const candidate = fc.tuple(version, local).map((parts) => parts.join(""));
const operator = fc.constantFrom("==", "!=", "<=", ">=", "<", ">", "~=", "===");
const named = fc.tuple(version, fc.constantFrom("", "", ".*", "+cpu", "+1")).map((parts) => parts.join(""));

// Said in the report, and not passed over in silence, where there is no Python with pip.
const property = hasPackaging ? test : test.skip;

property(
  `specifiers admit what PyPA's packaging says${hasPackaging ? "" : " (not compared: there is no python3 with packaging 26 here)"}`,
  () => {
    const pairs = fc.sample(fc.tuple(fc.tuple(operator, named), candidate), 20_000);
    const expected = packagingSays(pairs.map(([specifier, one]) => [specifier.join(""), one])) ?? [];
    const ours = pairs.map(([[sign, text], one]) => {
      const specifier = { operator: sign, version: text };
      return specifierProblem(specifier) === undefined ? pipConstraint([specifier]).accepts(one) : null;
    });
    const differ = pairs.flatMap((pair, index) =>
      ours[index] === expected[index] ? [] : [[...pair, ours[index], expected[index]]],
    );
    expect(differ.slice(0, 5)).toEqual([]);
    expect(expected.filter((one) => one === true).length).toBeGreaterThan(1000);
  },
);
