import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { ServiceError } from "../common/errors";
import { sameName } from "../common/naming";
import { collection, type Organization } from "../common/organization";

const locations = [
  apiLocation("93878975-88c5-4e6a-8abb-7ddd77a8a7d8", "core", "processes", "_apis/process/{resource}/{processId}", 1),
];

export interface Process {
  id: string;
  name: string;
}

/** The process that a project follows which asks for none. */
export const defaultProcess: Process = { id: "adcc42ab-9882-485e-a3ed-7678f01f66bc", name: "Agile" };

/**
 * The processes that every organization has, with the ids that they have in each: "Default process IDs" in
 * https://learn.microsoft.com/azure/devops/boards/work-items/guidance/choose-process.
 */
const all: Process[] = [
  defaultProcess,
  { id: "6b724908-ef14-45cf-84f8-768b5384da45", name: "Scrum" },
  { id: "27450541-8e31-4150-9947-dc59f998fc01", name: "CMMI" },
  { id: "b8a3a935-7e91-48b8-a94c-606d37c3e9f2", name: "Basic" },
];

/** Processes, to read. */
export const processes: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  api.get("/_apis/process/processes", async () => collection(all.map((process) => view(organization, process))));

  const one = { schema: { params: z.object({ processId: z.string() }) } };
  api.get("/_apis/process/processes/:processId", one, async ({ params }) =>
    view(organization, findProcess(params.processId)),
  );
}

/** Throws the service's own error when there is no such process. */
export function findProcess(id: string): Process {
  const found = all.find((process) => sameName(process.id, id));
  if (found) return found;
  const server = "Microsoft.TeamFoundation.Server.Core";
  throw new ServiceError(404, `${server}.ProcessNotFoundException, ${server}`, `The process ${id} does not exist.`);
}

function view(organization: Organization, { id, name }: Process) {
  return {
    id,
    name,
    description: "",
    type: "system",
    isDefault: id === defaultProcess.id,
    url: `${organization.url}/_apis/process/processes/${id}`,
  };
}
