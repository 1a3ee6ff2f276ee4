/** A refusal as the service words it: `{"errors":[{"code","message","detail"}]}`. */
export class Refusal extends Error {
  /** For the log alone. */
  readonly reason: string;
  readonly detail: object | undefined;
  readonly headers: Record<string, string>;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    more: { reason?: string; detail?: object; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.reason = more.reason ?? message;
    this.detail = more.detail;
    this.headers = more.headers ?? {};
  }

  get body(): object {
    const { code, message, detail } = this;
    return { errors: [{ code, message, ...(detail && { detail }) }] };
  }
}

/** Azure says the same whatever the reason. */
export function unauthorized(
  reason: string,
  more: { detail?: object; headers?: Record<string, string> } = {},
): Refusal {
  const message = "authentication required, visit https://aka.ms/acr/authorization for more information.";
  return new Refusal(401, "UNAUTHORIZED", message, { reason, ...more });
}
