import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { enumName, sameName } from "../common/naming";
import { findProject } from "../common/organization";
import { enumeration } from "../common/request";
import type { Project } from "./state";

const stateRoute = "_apis/{area}/FeatureStates/{userScope}/{scopeName}/{scopeValue}/{featureId}";

const locations = [
  apiLocation("dd291e43-aa9f-4cee-8465-a93c78e414a4", "FeatureManagement", "FeatureStates", stateRoute, 1, true),
  apiLocation(
    "2b4486ad-122b-400c-ae65-17b6672c1f9d",
    "FeatureManagement",
    "FeatureStatesQuery",
    "_apis/{area}/{resource}",
    1,
    true,
  ),
];

/** What a project can do without: Boards, Repos, Pipelines, Test Plans, Artifacts. */
const features = [
  ...["ms.vss-work.agile", "ms.vss-code.version-control", "ms.vss-build.pipelines", "ms.vss-test-web.test"],
  "ms.azure-artifacts.feature",
];

/** Numbers of `ContributedFeatureEnabledValue` for what a client may set. */
const states = { 0: "disabled", 1: "enabled" } as const;

const oneFeature = z.object({ project: z.string(), featureId: z.string() });

const stateBody = z.looseObject({ state: enumeration });

const queryBody = z.looseObject({
  featureIds: z.array(z.string()),
  scopeValues: z.object({ project: z.string() }),
});

/**
 * Which services a project has. It is kept, and keeps nobody from anything: the service takes a service that is off from
 * its pages, and those are not here.
 */
export const projectFeatures: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const one = "/_apis/featuremanagement/featurestates/host/project/:project/:featureId";

  api.get(one, { schema: { params: oneFeature } }, async ({ params }) =>
    view(findProject(organization, params.project), findFeature(params.featureId)),
  );

  api.patch(one, { schema: { params: oneFeature, body: stateBody } }, async ({ params, body }) => {
    const project = findProject(organization, params.project);
    const feature = findFeature(params.featureId);
    const others = project.disabledFeatures.filter((each) => each !== feature);
    project.disabledFeatures = enumName(states, body.state) === "disabled" ? [...others, feature] : others;
    organization.save();
    return view(project, feature);
  });

  api.post("/_apis/featuremanagement/featurestatesquery", { schema: { body: queryBody } }, async ({ body }) => {
    const project = findProject(organization, body.scopeValues.project);
    const found = body.featureIds.map(findFeature);
    return { ...body, featureStates: Object.fromEntries(found.map((feature) => [feature, view(project, feature)])) };
  });
}

function findFeature(featureId: string): string {
  const found = features.find((feature) => sameName(feature, featureId));
  if (!found) throw invalidArgument(`The feature '${featureId}' is not one of ${features.join(", ")}.`);
  return found;
}

function view(project: Project, featureId: string) {
  const state = project.disabledFeatures.includes(featureId) ? "disabled" : "enabled";
  return { featureId, state, scope: { settingScope: "project", userScoped: false } };
}
