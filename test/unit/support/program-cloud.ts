import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { StackOutputs } from "../../../src/common/outputs";
import { type MockCloud, refusal } from "./mock-cloud";
import { tokenExchange } from "./token-exchange";

/** A digest that every image has here. */
export const digest = `sha256:${"a".repeat(64)}`;

/** The providers' own settings, without which no program goes anywhere. */
export const providerSettings = {
  "azure-native:location": "westeurope",
  "azuredevops:orgServiceUrl": "https://dev.azure.com/contoso",
};

/** What a whole program meets on mocks: an organization with a project, a registry that lets it in, and a builder `ci`. */
export function programCloud(): {
  registryAddress: () => string;
  cloud: (base?: Partial<StackOutputs>) => MockCloud;
} {
  const registryAddress = tokenExchange();
  let buildx: string;
  beforeAll(() => {
    buildx = mkdtempSync(join(tmpdir(), "buildx-"));
    mkdirSync(join(buildx, "instances"));
    writeFileSync(join(buildx, "instances", "ci"), '{"Driver":"docker-container","Nodes":[]}');
    process.env.BUILDX_CONFIG = buildx;
    jest.spyOn(pulumi.log, "info").mockResolvedValue();
  });
  afterAll(async () => {
    // A run that failed may be about to load what it no longer needs.
    await setImmediate();
    delete process.env.BUILDX_CONFIG;
    rmSync(buildx, { recursive: true });
  });
  const cloud = (base: Partial<StackOutputs> = {}): MockCloud => ({
    outputs: {
      "azure-native:containerregistry:Registry": { name: "mlopsregistry", loginServer: registryAddress() },
      "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr": { projectId: "project-id" },
      "docker-build:index:Image": { digest },
      "pulumi:pulumi:StackReference": { outputs: base, secretOutputNames: [] },
    },
    functions: {
      "azure-native:authorization:getClientConfig": { subscriptionId: "subscription", tenantId: "tenant" },
      "azure-native:authorization:getClientToken": { token: "azure-token" },
      "azure-native:containerregistry:getRegistry": ({ registryName }) => ({
        id: `/subscriptions/subscription/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/${registryName}`,
        loginServer: registryAddress(),
      }),
      "azure-native:machinelearningservices:getWorkspace": ({ workspaceName: name }) => {
        if (name !== "mlw") throw refusal(`there is no workspace ${name}`);
        return { id: "workspace-id", name };
      },
      "azure-native:resources:getResource": { properties: {} },
      "azuredevops:index/getProject:getProject": { id: "project-id" },
      "azuredevops:index/getGitRepository:getGitRepository": {
        id: "repository-id",
        webUrl: "https://dev.azure.com/contoso/mlops/_git/diabetes_regression",
      },
      "azuredevops:index/getServiceEndpointAzureRM:getServiceEndpointAzureRM": ({ serviceEndpointName: name }) => ({
        serviceEndpointId: `${name}-id`,
        serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
        servicePrincipalId: `identity of ${name}`,
      }),
      "azuredevops:index/getVariableGroup:getVariableGroup": ({ name }) => ({ id: `${name}-id` }),
      "docker:index/getRegistryImage:getRegistryImage": ({ name }) => ({ name, sha256Digest: digest }),
      "pulumi:pulumi:readStackOutputs": ({ name }) => ({ name, outputs: {} }),
    },
  });
  return { registryAddress, cloud };
}
