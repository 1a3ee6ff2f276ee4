import * as dockerbuild from "@pulumi/docker-build";
import { startImageBuilder } from "../../../src/lookups/image-builder";
import { refusal, registered } from "../support/mock-cloud";

const start = "docker-build:index:start";

test("the provider that builds the image is asked, whatever it answers", async () => {
  const asked: string[] = [];
  const answer = () => {
    asked.push(start);
    throw refusal("unknown function");
  };
  await registered({ functions: { [start]: answer } }, async () => startImageBuilder({}));
  expect(asked).toEqual([start]);
});

test("an explicit one is not: the program's own would start for nothing", async () => {
  const asked: string[] = [];
  const answer = () => {
    asked.push(start);
    return {};
  };
  await registered({ functions: { [start]: answer } }, async () => {
    startImageBuilder({ "docker-build": new dockerbuild.Provider("explicit") });
  });
  expect(asked).toEqual([]);
});
