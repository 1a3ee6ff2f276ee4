import { parseMatchSpec } from "../../../src/conda/conda-entry/match-spec";
import { allOf, type Constraint, isImpossible, isPinned, relate, seriesOf } from "../../../src/conda/constraint";
import { parsePipLine } from "../../../src/conda/pip-entry/line";

async function conda(version: string): Promise<Constraint> {
  return (await parseMatchSpec(`a${version}`)).constraint;
}

function pip(version: string): Constraint {
  const line = parsePipLine(`a${version}`, "3.11");
  if (line.kind !== "package") throw new Error(`a${version} is no package`);
  return line.constraint;
}

describe("a constraint pins if all that it accepts is one series of releases, however it is written", () => {
  test.each([
    ["", false, undefined],
    ["=3.11", true, "3.11"],
    ["==3.11.9", true, "3.11"],
    [">=3.11,<3.12", true, "3.11"],
    ["<3.12.0a0,>=3.11", true, "3.11"],
    [">3.11.2,<3.12", true, "3.11"],
    ["=3.11.4|=3.11.5", true, "3.11"],
    ["=1!2.0", true, "1!2.0"],
    ["=2024.8.30", true, "2024.8"],
    ["=3", true, undefined],
    ["~=3.8", true, undefined],
    [">=3.11", false, undefined],
    [">=3.11,<=3.12", false, undefined],
    [">=3.11.9,<3.12.1", false, undefined],
    [">=3,<4", false, undefined],
    ["=3.11|=3.12", false, undefined],
    ["!=3.11", false, undefined],
  ])("%j: %s", async (version, pinned, series) => {
    const constraint = await conda(version);
    expect([isPinned(constraint), seriesOf(constraint)]).toEqual([pinned, series]);
  });
});

describe("a local version is a build of its release", () => {
  test.each([
    ["==2.4.1", "==2.4.1+cu121", { kind: "agree" }],
    ["==2.4.1+cu121", "==2.4.1+cu121", { kind: "agree" }],
    ["==2.4.1+cpu", "==2.4.1+cu121", { kind: "conflict" }],
    ["==2.4.0", "==2.4.1+cu121", { kind: "conflict" }],
    [">=2.4", "==2.4.1+cu121", { kind: "open", open: "first" }],
  ])("%s and %s", (first, second, relation) => {
    expect(relate(pip(first), pip(second))).toEqual(relation);
  });
});

test("a package that is listed several times has each of its constraints once", async () => {
  expect(allOf([await conda("=1.2"), await conda(">1"), await conda("=1.2")]).text).toBe("1.2.*,>1");
});

describe("a constraint is impossible if nothing is between its ends", () => {
  test.each([
    [">1,<1", true],
    [">1.2,<=1.2", true],
    ["=1.2,!=1.2.*", true],
    ["=1.2,=1.3", true],
    [">2,<1|>5,<4", true],
    [">1.2,<1.3", false],
    [">1.2.8,<1.2.10", false],
    [">1.2,<1.2.1", false],
    [">=2.0.dev0,<2.0", false],
    [">2.0rc1,<2.0", false],
    [">2.0.dev20240101,<2.0", false],
    [">1.1.1a,<1.1.1w", false],
    [">1!1.0,<1!1.1", false],
    ["<1.2,!=1.1.*,>1.0.9", false],
    ["<0.0.1", false],
  ])("%s: %s", async (version, impossible) => {
    expect(isImpossible(await conda(version))).toBe(impossible);
  });
});

/** Numbers that look random and are the same each time: a linear congruential generator. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

describe("a version that satisfies two constraints is not overlooked if a search among many versions finds one", () => {
  const levels = ["0", "1", "2"];
  const series = levels.flatMap((major) => [major, ...levels.map((minor) => `${major}.${minor}`)]);
  const releases = series.flatMap((one) => [
    one,
    ...levels.map((patch) => `${one}.${patch}`),
    `${one}.0.1`,
    `${one}.9`,
  ]);
  const suffixes = ["", "a0", "rc1", "rc2", ".dev0", ".dev1", ".post1", ".post2"];
  const versions = releases.flatMap((release) => suffixes.map((suffix) => release + suffix));

  test.each([1, 2, 3])("seed %i", async (seed) => {
    const next = numbers(seed);
    const pick = <Value>(values: readonly [Value, ...Value[]]) => values[next(values.length)] ?? values[0];
    const release = () => [1, next(2), next(2)].slice(0, 1 + next(3)).join(".");
    const clause = () => {
      const operator = pick(["<", ">", "<", ">", "<=", ">=", "!=", "==", "~=", "series", "not series"]);
      if (operator === "series") return `==${release()}.*`;
      if (operator === "not series") return `!=${release()}.*`;
      if (operator === "~=") return `~=1.${next(2)}`;
      return operator + release() + pick(["", "", "", "rc1", ".post1", ".dev0"]);
    };
    const clauses = () => Array.from({ length: 1 + next(4) }, clause).join(",");
    // Conda writes a series without an operator.
    const constraint = async (text: string) =>
      next(2) === 0 ? pip(text) : conda(` ${text.replaceAll(/==([\d.]+\*)/g, "$1")}`);
    let compared = 0;
    for (let round = 0; round < 60; round++) {
      const [one, two] = [clauses(), clauses()];
      const [first, second] = [await constraint(one), await constraint(two)];
      // An answer that there is one names it; what has to be shown is that none is overlooked.
      const found = versions.find((version) => first.accepts(version) && second.accepts(version));
      if (found === undefined) continue;
      expect([one, two, found, relate(first, second).kind]).not.toContain("conflict");
      expect([one, isImpossible(first), two, isImpossible(second)]).toEqual([one, false, two, false]);
      compared++;
    }
    expect(compared).toBeGreaterThan(5);
  });
});
