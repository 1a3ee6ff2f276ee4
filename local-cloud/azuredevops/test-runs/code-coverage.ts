import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { findBuild } from "../builds/model";
import { apiLocation } from "../common/api-location";
import { inProject } from "../common/request";

const locations = [
  apiLocation(
    "77560e8a-4e8c-4d59-894e-a5f264c24444",
    "Test",
    "CodeCoverage",
    "{project}/_apis/{area}/{resource}",
    1,
    true,
  ),
];

const query = z.strictObject({ "api-version": z.string().optional(), buildId: z.string() });

/**
 * What tests of a run have covered, through the test API, read only: runs of pipelines publish it. There is no
 * comparison with another run, and no module or function by itself.
 */
export const codeCoverage: Area = { locations, routes };

function routes(api: Api, { organization, runs }: AreaContext): void {
  const schema = { params: inProject, querystring: query };
  api.get("/:project/_apis/test/codecoverage", { schema }, async ({ params, query: { buildId } }) => {
    const build = findBuild(organization, runs.state, params.project, buildId);
    const coverageStats = build.coverage.map((one) => ({ ...one, isDeltaAvailable: false, delta: 0 }));
    return {
      build: { id: String(build.id), name: build.number, url: `vstfs:///Build/Build/${build.id}` },
      deltaBuild: null,
      // One set of numbers for each platform and flavour of a build, which the tasks leave empty.
      coverageData: coverageStats.length === 0 ? [] : [{ buildPlatform: "", buildFlavor: "", coverageStats }],
    };
  });
}
