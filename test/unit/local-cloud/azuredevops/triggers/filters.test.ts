import {
  matchesPaths,
  matchesRef,
  refFilter,
  signedFilter,
} from "../../../../../local-cloud/azuredevops/triggers/filters";
import { skipsCi } from "../../../../../local-cloud/azuredevops/triggers/skip-ci";

describe("branches", () => {
  test.each([
    [["main"], [], "main", true],
    [["main"], [], "main2", false],
    [["main"], [], "feature/main", false],
    [["*"], [], "feature/a/b", true],
    [["releases/*"], [], "releases/1/2", true],
    [["releases/*"], ["releases/old*"], "releases/old/1", false],
    [["feature/*"], ["feature/*-working"], "feature/a-working", false],
    [["v?"], [], "v1", true],
    [["v?"], [], "v10", false],
    [["a.c"], [], "abc", false],
    [["refs/heads/main"], [], "main", true],
    [["refs/tags/*"], [], "main", false],
  ])("that %j includes and %j excludes: %s", (include, exclude, branch, expected) => {
    expect(matchesRef(refFilter({ include, exclude }), `refs/heads/${branch}`)).toBe(expected);
  });

  test("of a definition are marked with + and -", () => {
    expect(signedFilter(["+main", "-releases/old*", "+releases/*"])).toEqual({
      include: ["main", "releases/*"],
      exclude: ["releases/old*"],
    });
  });
});

describe("paths", () => {
  test.each([
    [["docs"], [], "/docs/a/b.md", true],
    [["/docs/"], [], "/docs", true],
    [["docs"], [], "/docs2/a", false],
    [["docs"], [], "/Docs/a", false],
    [["docs/*.md"], [], "/docs/a.md", true],
    [["docs/*.md"], [], "/docs/a.txt", false],
    [["docs/*"], ["docs/README.md"], "/docs/README.md", false],
    [["docs/*"], ["docs/README.md"], "/docs/other.md", true],
    [[], ["tools"], "/tools/a", false],
    [[], ["tools"], "/src/a", true],
    [["tools/deep"], ["tools"], "/tools/deep/a", true],
    [["/"], ["tools"], "/src/a", true],
    [["docs"], ["docs"], "/docs/a", false],
  ])("that %j includes and %j excludes: %s", (include, exclude, path, expected) => {
    expect(matchesPaths({ include, exclude }, [path])).toBe(expected);
  });

  test("are enough if one of them is let in", () => {
    expect(matchesPaths({ include: ["docs"], exclude: [] }, ["/a", "/docs/b"])).toBe(true);
    expect(matchesPaths({ include: [], exclude: ["docs"] }, [])).toBe(false);
  });
});

test.each([
  ["Fix it [skip ci]", true],
  ["Fix it\n\n[CI skip] for now", true],
  ["skip-checks: true", true],
  ["skip-checks:true", true],
  ["[skip azurepipelines]", true],
  ["[azpipelines skip]", true],
  ["[skip azp]", true],
  ["***NO_CI***", true],
  ["Skip CI", false],
  ["Fix [skip-ci]", false],
])("the message %j starts nothing: %s", (message, expected) => {
  expect(skipsCi(message)).toBe(expected);
});
