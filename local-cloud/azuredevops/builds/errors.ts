import { ServiceError } from "../common/errors";

/** A refusal of the build area: its exceptions share one assembly. */
export function buildError(status: number, exception: string, message: string): ServiceError {
  return new ServiceError(
    status,
    `Microsoft.TeamFoundation.Build.WebApi.${exception}, Microsoft.TeamFoundation.Build2.WebApi`,
    message,
  );
}

/** A run that is not queued. What is wrong stands beside the message, which only says that something is. */
export class ValidationFailed extends ServiceError {
  constructor(readonly problems: readonly string[]) {
    super(
      400,
      "Microsoft.TeamFoundation.Build.WebApi.BuildRequestValidationFailedException, Microsoft.TeamFoundation.Build2.WebApi",
      "Could not queue the build because there were validation errors or warnings.",
    );
  }

  override get body() {
    return { ...super.body, customProperties: { ValidationResults: validationResults(this.problems) } };
  }
}

/** What is wrong with a run, as the service lists it. */
export function validationResults(problems: readonly string[]) {
  return problems.map((message) => ({ result: "error", message }));
}
