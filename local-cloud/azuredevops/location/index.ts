import * as z from "zod";
import type { Api } from "../area";
import { type ApiLocation, apiLocation } from "../common/api-location";
import { collection, type Organization, operatorIdentity, sendNull } from "../common/organization";

const ownLocations = [
  apiLocation("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "Location", "ConnectionData", "_apis/{resource}", 1, true),
  apiLocation(
    "e81700f7-3be2-46de-8624-2eb35882fcaa",
    "Location",
    "ResourceAreas",
    "_apis/{resource}/{areaId}",
    1,
    true,
  ),
];

/**
 * Areas of the API. Azure DevOps serves them from several hosts, so a client asks for an area's address before it
 * uses it, and gives up when the area is missing. The provider asks for every area that it could ever need, so the
 * list has areas with no API here: a call to one of those is refused by name.
 */
const areas: Record<string, string> = {
  Location: "e81700f7-3be2-46de-8624-2eb35882fcaa",
  build: "965220d5-5bb9-42cf-8d67-9b146df2a5a4",
  core: "79134c72-4a58-4b42-976c-04e7115f32bf",
  dashboard: "31c84e0a-3ece-48fd-a29d-100849af99ba",
  distributedtask: "a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd",
  extensionManagement: "6c2b0933-3600-42ae-bf8b-93d4f7e83594",
  feed: "7ab4e64e-c4d8-4f50-ae73-5ef2e21642a5",
  git: "4e080c62-fa21-4fbc-8fef-2a10a2b38049",
  graph: "bb1e7ec9-e901-4b68-999a-de7012b920f8",
  IMS: "8a3d49b8-91f0-46ef-b33d-dda338c25db3",
  MemberEntitlementManagement: "68ddce18-2501-45f1-a17b-7931a9922690",
  pipelinePermissions: "a81a0441-de52-4000-aa15-ff0e07bfbbaa",
  PipelinesChecks: "4a933897-0488-45af-bd82-6fd3ad33f46a",
  policy: "fb13a388-40dd-4a04-b530-013a739c72ef",
  Release: "efc2f575-36ef-48e9-b672-0c6fb4a48ac5",
  Test: "c2aa639c-3ccc-4740-b3b6-ce2a1e1d984e",
  serviceendpoint: "1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7",
  wiki: "bf7d82a0-8aa5-4613-94ef-6172a5ea01f3",
  wit: "5264459e-e5e0-4bd8-b118-0985e68a4ec5",
  work: "1d4f49f9-02b9-4e26-b826-2cdb6195f2a9",
};

/** How a client finds its way: the APIs with their routes, the areas with their addresses, and who it is. */
export function locations(api: Api, organization: Organization, served: ApiLocation[]): void {
  const all = [...served, ...ownLocations];

  api.options("/_apis", async () => collection(all));

  api.options("/_apis/:area", { schema: { params: z.object({ area: z.string() }) } }, async ({ params }) =>
    collection(all.filter(({ area }) => area.toLowerCase() === params.area.toLowerCase())),
  );

  api.get("/_apis/resourceAreas", async () =>
    collection(Object.entries(areas).map(([name, id]) => ({ id, name, locationUrl: `${organization.url}/` }))),
  );

  const one = { schema: { params: z.object({ areaId: z.string() }) } };
  api.get("/_apis/resourceAreas/:areaId", one, async ({ params }, reply) => {
    const found = Object.entries(areas).find(([, id]) => id === params.areaId.toLowerCase());
    if (!found) return sendNull(reply);
    return { id: found[1], name: found[0], locationUrl: `${organization.url}/` };
  });

  api.get("/_apis/connectionData", async () => {
    const { id, descriptor, displayName, uniqueName } = operatorIdentity(organization);
    const user = {
      id,
      descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${organization.tenantId}\\${uniqueName}`,
      subjectDescriptor: descriptor,
      providerDisplayName: displayName,
      isActive: true,
      properties: { Account: { $type: "System.String", $value: uniqueName } },
    };
    return {
      authenticatedUser: user,
      authorizedUser: user,
      instanceId: organization.state.organizationId,
      deploymentId: organization.state.organizationId,
      deploymentType: "hosted",
      locationServiceData: {
        serviceOwner: "00025394-6065-48ca-87d9-7f5672854ef7",
        defaultAccessMappingMoniker: "PublicAccessMapping",
      },
    };
  });
}
