import { ServiceError } from "../../../../local-cloud/azuredevops/common/errors";
import { buildService, deployments, type Member, previews } from "../../../../local-cloud/azuredevops/members";
import { requireRight } from "../../../../local-cloud/azuredevops/rights";

const threads = "/local/mlops/_apis/git/repositories/r/pullRequests/7/threads";
const groupPermission = "/local/mlops/_apis/pipelines/pipelinePermissions/variablegroup/1";
const changes = [
  [
    "POST",
    "/local/_apis/serviceendpoint/endpoints",
    "You need to be a Creator for service connections in this project.",
  ],
  ["DELETE", "/local/_apis/serviceendpoint/endpoints/1", "to perform this action: Administer"],
  ["PATCH", "/local/mlops/_apis/pipelines/pipelinePermissions/endpoint/1", "to perform this action: Administer"],
  ["POST", "/local/mlops/_apis/pipelines/checks/configurations", "to perform this action: Administer"],
  [
    "POST",
    "/local/mlops/_apis/build/definitions",
    /^TF215106: .* needs Edit build pipeline permissions for team project mlops /,
  ],
  [
    "PUT",
    "/local/mlops/_apis/build/definitions/7",
    "needs Edit build pipeline permissions for build pipeline 7 in team project",
  ],
  [
    "DELETE",
    "/local/mlops/_apis/build/Definitions/7",
    "needs Delete build pipeline permissions for build pipeline 7 in team",
  ],
  ["DELETE", "/local/mlops/_apis/build/retention/leases", "needs Retain indefinitely permissions for team project"],
  ["POST", "/local/mlops/_apis/policy/configurations", /^TF401027: You need the Git 'EditPolicies' permission /],
] as const;

function refusal(who: Member, method: string, path: string): ServiceError | undefined {
  try {
    requireRight(who, method, path);
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

describe.each([
  ["whoever previews", previews],
  ["a run", buildService],
])("%s is refused", (_, who) => {
  test.each(changes)("%s %s", (method, path, message) => {
    expect(refusal(who, method, path)).toMatchObject({ statusCode: 403, message: expect.stringMatching(message) });
  });
});

test.each(changes)("whoever deploys may %s %s", (method, path) => {
  expect(refusal(deployments, method, path)).toBeUndefined();
});

test.each(["/local/mlops/_apis/git/repositories/r/pushes", "/local/_apis/projects", threads, groupPermission])(
  "whoever deploys is refused what a deployment does not do: POST %s",
  (path) => {
    expect(refusal(deployments, "POST", path)?.statusCode).toBe(403);
  },
);

test("nobody but a run comments on pull requests, and everybody reads", () => {
  expect(refusal(buildService, "POST", threads)).toBeUndefined();
  expect(refusal(buildService, "PATCH", `${threads}/1/comments/1`)).toBeUndefined();
  expect(refusal(previews, "POST", threads)?.message).toBe(
    "TF401027: You need the Git 'PullRequestContribute' permission to perform this action. Details: identity 'Previews', " +
      "scope 'repository'.",
  );
  for (const who of [buildService, deployments, previews]) {
    for (const [, path] of changes) expect(refusal(who, "GET", path)).toBeUndefined();
    expect(refusal(who, "POST", "/local/_apis/FeatureManagement/FeatureStatesQuery")).toBeUndefined();
  }
});
