import { imageTags } from "../../../src/rules/tags";

test("an image gets latest and a tag for each value", () => {
  expect(imageTags({ build: "20261124.1", amlSdk: "1.20.0", release: "3.0.0" })).toEqual({
    tags: ["latest", "build-20261124.1", "amlsdk-1.20.0", "release-3.0.0"],
    leftOut: [],
  });
});

test.each([
  ["no value", {}, ["latest"], ["build", "amlsdk", "release"]],
  ["an empty value", { build: "", amlSdk: "1.0" }, ["latest", "amlsdk-1.0"], ["build", "release"]],
])("%s leaves the tag out and says which", (_, values, tags, leftOut) => {
  expect(imageTags(values)).toEqual({ tags, leftOut });
});

test.each([["3.0.0 beta"], ["a/b"], ["1+2"], ["x".repeat(121)]])(
  "a value that no registry accepts is refused: %j",
  (release) => {
    expect(() => imageTags({ release })).toThrow(`"release-${release}" is not a tag`);
  },
);
