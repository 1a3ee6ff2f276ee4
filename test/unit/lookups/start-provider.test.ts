import * as azuredevops from "@pulumi/azuredevops";
import * as dockerbuild from "@pulumi/docker-build";
import { askAccount } from "../../../src/lookups/azure-account";
import { startProvider } from "../../../src/lookups/start-provider";
import { refusal, registered } from "../support/mock-cloud";

const explicit = {
  azuredevops: () => new azuredevops.Provider("explicit"),
  "docker-build": () => new dockerbuild.Provider("explicit"),
};

/** Which of these functions something asks for. All of them are refused. */
async function askedBy(asks: () => Promise<void>, ...names: string[]): Promise<string[]> {
  const asked: string[] = [];
  const answer = (name: string) => () => {
    asked.push(name);
    throw refusal("unknown function");
  };
  await registered({ functions: Object.fromEntries(names.map((name) => [name, answer(name)])) }, asks);
  return asked.sort();
}

describe.each(["azuredevops", "docker-build"] as const)("%s", (name) => {
  const start = `${name}:index:start`;

  test("is asked, whatever it answers", async () => {
    expect(await askedBy(async () => startProvider(name), start)).toEqual([start]);
  });

  test("is not where the program passes it: its own would start for nothing", async () => {
    expect(await askedBy(async () => startProvider(name, explicit[name]()), start)).toEqual([]);
  });
});

test("the first question to Azure has the providers start that are asked next, and the engine's own", async () => {
  const names = ["azure-native:authorization:getClientConfig", "azuredevops:index:start", "pulumi:index:start"];
  const asks = () => expect(askAccount()).rejects.toThrow("unknown function");
  expect(await askedBy(asks, ...names)).toEqual(names);
});
