import { lookUp } from "../../../src/lookups/look-up";

const message = (reason: string) =>
  `the project "x" (setting project) cannot be read: ${reason}. ` +
  "Name one that exists, and that the identity that runs Pulumi may read.";

test("what is found is returned", async () => {
  expect(await lookUp('the project "x"', "setting project", Promise.resolve(7))).toBe(7);
});

test.each([
  [
    "a bridged provider's",
    "invocation of a:b/c:c returned an error: invoking a:b/c:c: 1 error occurred:\n\t* Project x does not exist\n\n",
    "Project x does not exist",
  ],
  [
    "azure-native's",
    'invocation of azure-native:a:b returned an error: request failed /x: Status=404 Code="NotFound" Message="Gone."',
    'request failed /x: Status=404 Code="NotFound" Message="Gone."',
  ],
  ["any other", "getaddrinfo ENOTFOUND", "getaddrinfo ENOTFOUND"],
])("what is not found is named with the service's reason alone: %s", async (_, thrown, reason) => {
  await expect(lookUp('the project "x"', "setting project", Promise.reject(new Error(thrown)))).rejects.toThrow(
    message(reason),
  );
});
