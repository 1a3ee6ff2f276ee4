import { builderHint } from "../../../src/pulumi/builder-hint";

test.each([
  "booting builder: context deadline exceeded",
  'creating failed: booting builder: Error response from daemon: Get "https://registry-1.docker.io/v2/": context deadline exceeded',
])("a builder that did not start in time is made with a command: %s", (error) => {
  expect(builderHint(error)).toMatch(/ docker buildx create --use --bootstrap$/);
});

test.each([
  'failed to solve: process "/bin/sh" did not complete: context deadline exceeded',
  "booting builder: permission denied",
])("nothing is said of another error: %s", (error) => {
  expect(builderHint(error)).toBeUndefined();
});
