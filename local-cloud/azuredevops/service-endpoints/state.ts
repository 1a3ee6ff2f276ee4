import * as z from "zod";
import { sharedProjectForm } from "../common/project-sharing";

const texts = z.record(z.string(), z.string());

/** A service connection. */
export const serviceEndpointForm = z.strictObject({
  id: z.string(),
  type: z.string(),
  url: z.string(),
  scheme: z.string(),
  /** What may be read back. */
  parameters: texts,
  /** What may only be written. */
  secrets: texts,
  data: texts,
  projects: z.array(sharedProjectForm),
});

export type ServiceEndpoint = z.output<typeof serviceEndpointForm>;
