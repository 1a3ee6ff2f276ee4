import type { Organization } from "../common/organization";
import type { Definition } from "../definitions/state";
import { isSameResource } from "../pipelines/state";

/** Whether a pipeline may use a protected resource. */
export function isPermitted(
  { permissions }: Organization["state"],
  { id, projectId }: Definition,
  resourceType: string,
  resourceId: string,
): boolean {
  return permissions.some(
    (permission) =>
      isSameResource(permission, { projectId, resourceType, resourceId }) &&
      (permission.pipelineId === "all" || permission.pipelineId === id),
  );
}
