import * as pulumi from "@pulumi/pulumi";
import { registered } from "../support/mock-cloud";
import { value } from "../support/output";
import { programCloud, providerSettings } from "../support/program-cloud";

// The first test loads the providers' packages.
jest.setTimeout(60_000);

const { cloud } = programCloud();

/** What `everything` takes from the stack. */
const settings = {
  "job-container:project": "mlops",
  "job-container:repository": JSON.stringify({ kind: "azureRepos", name: "diabetes_regression" }),
  "job-container:registry": JSON.stringify({ kind: "new", name: "contosoimages" }),
};

/** What one of the programs registers and puts out. */
async function run(name: "everything" | "image-and-pipelines" | "registry-and-connection") {
  const found: unknown[] = [];
  const resources = await registered(cloud(), async () => {
    pulumi.runtime.setAllConfig({ ...providerSettings, ...settings });
    const program: () => Promise<pulumi.Inputs> = require(`../../../examples/typescript-program/${name}`);
    found.push(await value(pulumi.output(await program())));
  });
  const types = resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
  return { outputs: found[0], resources, types };
}

test("a registry and a connection alone: no image, no pipeline", async () => {
  const { outputs, types } = await run("registry-and-connection");
  expect(outputs).toMatchObject({ serviceConnection: "acrconnection" });
  expect(types).toEqual(expect.arrayContaining(["Registry images", "ServiceEndpointAzureEcr images"]));
  expect(types.join()).not.toMatch(/Image |BuildDefinition/);
});

test("an image in a registry that exists, and two pipelines on it", async () => {
  const { outputs, types } = await run("image-and-pipelines");
  expect(outputs).toMatchObject({ image: expect.stringContaining("mlops/training@sha256:") });
  expect(types.filter((type) => type.startsWith("BuildDefinition"))).toEqual([
    "BuildDefinition train",
    "BuildDefinition score",
  ]);
  expect(types.join()).not.toMatch(/:Registry images|ResourceGroup/);
});

test("everything, with what its arguments do not foresee", async () => {
  const { resources } = await run("everything");
  const inputsOf = (type: string) => resources.find((one) => one.type === type)?.inputs;
  expect(inputsOf("azure-native:containerregistry:Registry")).toMatchObject({ tags: { team: "ml" } });
  expect(inputsOf("azuredevops:index/buildDefinition:BuildDefinition")).not.toBeUndefined();
  expect(resources.filter(({ inputs }) => inputs.queueStatus === "paused")).toHaveLength(1);
});
