import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { UserError } from "../../src/common/errors";
import type { StackOutputs } from "../../src/common/outputs";
import { Repository } from "../../src/image/repository";
import type { Running } from "../cloud/status";
import { operatorLogin } from "../docker-login/operator";

/** What there is, as the services themselves say. */
export interface FarSide {
  /** The project's page. */
  projectUrl: string;
  registry: { name: string; loginServer: string };
  /** `tags`: all that the repository has. One of this deployment may lead to an image that a pipeline built since. */
  image: { repository: string; digest: string; tags: string[] };
  connections: { role: string; id: string; name: string; scheme: string }[];
  pipelines: { role: string; name: string; url: string }[];
}

const connectionRoles = [
  ["serviceConnection", "service connection"],
  ["pushConnection", "  that pushes"],
] as const;

/**
 * Asks the registry and Azure DevOps whether everything is there that the stack's outputs name.
 * @throws UserError that lists what is not.
 */
export async function readFarSide(outputs: StackOutputs, cloud: Running): Promise<FarSide> {
  const missing: string[] = [];
  const expect = (condition: boolean, otherwise: string) => {
    if (!condition) missing.push(otherwise);
  };
  const { registry, image } = outputs;

  const repository = new Repository({
    registry: registry.loginServer,
    repository: image.repository,
    login: await operatorLogin(cloud, registry.loginServer),
  });
  const tags = await repository.tags();
  const digest = await repository.digestOf(image.digest);
  expect(digest === image.digest, `${image.repository}@${image.digest} is not in the registry`);
  for (const tag of image.tags) expect(tags.includes(tag), `${image.repository}:${tag} is not in the registry`);

  const { orgServiceUrl, personalAccessToken, project } = cloud.azureDevOps;
  const azureDevOps = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
  const endpoints = await azureDevOps.getServiceEndpointApi();
  const connections: FarSide["connections"] = [];
  for (const [key, role] of connectionRoles) {
    const output = outputs[key];
    if (output === undefined) continue;
    const { id, name } = output;
    const endpoint = await endpoints.getServiceEndpointDetails(project, id);
    expect(
      endpoint?.name === name && endpoint.isReady === true,
      `the service connection ${name} is ${endpoint?.name ? "not ready" : "not in Azure DevOps"}`,
    );
    connections.push({ role, id, name, scheme: endpoint?.authorization?.scheme ?? "" });
  }

  const builds = await azureDevOps.getBuildApi();
  const pipelines: FarSide["pipelines"] = [];
  for (const { role, id, name, url } of [
    { role: "image-build pipeline", ...outputs.imageBuildPipeline },
    ...outputs.modelPipelines.map((pipeline) => ({ role: "model pipeline", ...pipeline })),
  ]) {
    const definition = await builds.getDefinition(project, Number(id));
    expect(definition?.name === name, `the pipeline ${name} (definition ${id}) is not in Azure DevOps`);
    pipelines.push({ role, name, url: definition?._links?.web?.href ?? url });
  }

  if (missing.length > 0)
    throw new UserError(`pulumi has finished, but not everything is there:\n  ${missing.join("\n  ")}`);
  return {
    projectUrl: cloud.azureDevOps.url,
    registry,
    image: { ...image, tags },
    connections,
    pipelines,
  };
}
