/** Where an API is: clients learn it from `OPTIONS _apis` and look it up by id. */
export interface ApiLocation {
  id: string;
  area: string;
  resourceName: string;
  routeTemplate: string;
  resourceVersion: number;
  minVersion: string;
  maxVersion: string;
  releasedVersion: string;
}

/** The newest API version that is spoken here. */
export const latestVersion = "7.2";

/**
 * @param preview The API was never released: Azure DevOps only has it as a preview.
 */
export function apiLocation(
  id: string,
  area: string,
  resourceName: string,
  routeTemplate: string,
  resourceVersion: number,
  preview = false,
): ApiLocation {
  const releasedVersion = preview ? "0.0" : "7.1";
  return {
    id,
    area,
    resourceName,
    routeTemplate,
    resourceVersion,
    minVersion: "1.0",
    maxVersion: latestVersion,
    releasedVersion,
  };
}
