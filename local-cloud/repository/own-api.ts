import * as z from "zod";
import { UserError } from "../../src/common/errors";
import type { ServedRepository } from "./push";

const refusalForm = z.object({
  message: z.string(),
  customProperties: z.object({ ValidationResults: z.array(z.object({ message: z.string() })) }).optional(),
});

/** A run, as far as the commands look at it. */
export const runForm = z.object({
  id: z.int(),
  buildNumber: z.string(),
  definition: z.object({ name: z.string() }).optional(),
  validationResults: z.array(z.object({ message: z.string() })),
  _links: z.object({ web: z.object({ href: z.string() }) }),
});

/**
 * Asks the local Azure DevOps for what the service has no API for.
 *
 * @param path below the project's `_local-cloud/`
 * @throws UserError with all that is against it
 */
export async function askOwn(
  { azureDevOps }: Pick<ServedRepository, "azureDevOps">,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { orgServiceUrl, project, personalAccessToken } = azureDevOps;
  const response = await fetch(`${orgServiceUrl}/${encodeURIComponent(project)}/_local-cloud/${path}`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}`,
      accept: "application/json;api-version=7.1",
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { message, customProperties } = refusalForm.parse(answer);
  const results = customProperties?.ValidationResults ?? [];
  throw new UserError(results.length > 0 ? results.map((result) => result.message).join("\n") : message);
}
