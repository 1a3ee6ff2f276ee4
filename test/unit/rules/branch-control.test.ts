import { allowedBranches } from "../../../src/rules/branch-control";

test("branches are allowed by their full names", () => {
  expect(allowedBranches(["main", "feature/x"])).toBe("refs/heads/main, refs/heads/feature/x");
});

test("a name that the service would take for two is refused", () => {
  expect(() => allowedBranches(["a,refs/heads/main"])).toThrow(
    /^the branch "a,refs\/heads\/main" has a comma in its name, .* Give the branch another name\.$/,
  );
});
