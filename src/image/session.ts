import { type Answer, type SendOptions, send } from "./http";
import { type Access, authorize } from "./registry-login";
import { registryUrl } from "./registry-url";

/** Requests to a registry about one repository, signed in when the registry asks for it. */
export class Session {
  private readonly origin: string;
  private authorization: string | undefined;

  constructor(private readonly access: Access) {
    this.origin = registryUrl(access.registry);
  }

  /**
   * Sends a request, and again with a new token if the registry asks for one.
   *
   * @param path begins with `/`
   * @throws ImageError if the registry cannot be reached or lets this login in nowhere; any status is an answer
   */
  async send(path: string, options: SendOptions = {}): Promise<Answer> {
    const attempt = () =>
      send(this.origin + path, {
        ...options,
        headers: { ...options.headers, ...(this.authorization && { authorization: this.authorization }) },
        timeout: this.access.timeout,
      });
    const answer = await attempt();
    if (answer.status !== 401) return answer;
    await answer.discard();
    this.authorization = await authorize(answer.headers.get("www-authenticate") ?? "", this.access);
    return attempt();
  }
}
