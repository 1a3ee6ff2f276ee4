import * as azuredevops from "@pulumi/azuredevops";
import * as dockerbuild from "@pulumi/docker-build";
import { askAccount } from "../../../src/lookups/azure-account";
import { startProvider } from "../../../src/lookups/start-provider";
import { refusal, registered } from "../support/mock-cloud";

const explicit = {
  azuredevops: () => new azuredevops.Provider("explicit"),
  "docker-build": () => new dockerbuild.Provider("explicit"),
};

describe.each(["azuredevops", "docker-build"] as const)("%s", (name) => {
  const start = `${name}:index:start`;

  test("is asked, whatever it answers", async () => {
    const asked: string[] = [];
    const answer = () => {
      asked.push(start);
      throw refusal("unknown function");
    };
    await registered({ functions: { [start]: answer } }, async () => startProvider(name));
    expect(asked).toEqual([start]);
  });

  test("is not where the program passes it: its own would start for nothing", async () => {
    const asked: string[] = [];
    const answer = () => {
      asked.push(start);
      return {};
    };
    await registered({ functions: { [start]: answer } }, async () => {
      startProvider(name, explicit[name]());
    });
    expect(asked).toEqual([]);
  });
});

test("the first question to Azure has the providers start that are asked next, and the engine's own", async () => {
  const asked: string[] = [];
  const answer = (name: string) => () => {
    asked.push(name);
    throw refusal("unknown function");
  };
  const names = ["pulumi:index:start", "azure-native:authorization:getClientConfig", "azuredevops:index:start"];
  await registered({ functions: Object.fromEntries(names.map((name) => [name, answer(name)])) }, async () => {
    await expect(askAccount()).rejects.toThrow("unknown function");
  });
  expect(asked.sort()).toEqual([...names].sort());
});
