import { ServiceError } from "../common/errors";

/** A refusal of the area: its exceptions share one assembly. */
export function taskError(status: number, exception: string, message: string): ServiceError {
  const webApi = "Microsoft.TeamFoundation.DistributedTask.WebApi";
  return new ServiceError(status, `${webApi}.${exception}, ${webApi}`, message);
}
