import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { findProject } from "../common/organization";
import { inProject } from "../common/request";
import { pipelineSettingsForm } from "../core/state";

const locations = [
  apiLocation(
    "c4aefd19-30ff-405b-80ad-aca021e7242a",
    "build",
    "generalsettings",
    "{project}/_apis/{area}/{resource}",
    1,
    true,
  ),
];

/** A project's settings of its pipelines: https://learn.microsoft.com/rest/api/azure/devops/build/general-settings */
export const generalSettings: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const path = "/:project/_apis/build/generalsettings";

  api.get(path, { schema: { params: inProject } }, async ({ params }) => {
    return findProject(organization, params.project).pipelineSettings;
  });

  const change = { schema: { params: inProject, body: z.strictObject(pipelineSettingsForm.shape).partial() } };
  api.patch(path, change, async ({ params, body }) => {
    const project = findProject(organization, params.project);
    Object.assign(project.pipelineSettings, body);
    organization.save();
    return project.pipelineSettings;
  });
}
