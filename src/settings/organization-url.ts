import { isLoopback } from "../common/loopback";
import { asArgument } from "../common/name-of";

const configured = "azuredevops:orgServiceUrl";
const example = "https://dev.azure.com/<organization>";

/**
 * The Azure DevOps organization's URL, from the provider's setting or else its environment variable, as the provider
 * takes it; or what is wrong with it.
 *
 * @param given the program's own, which holds whatever the setting says. Default: none
 * @param isExplicit whether the program has a provider of its own. Default: it has not
 */
export function organizationUrlOf(
  config: Record<string, unknown>,
  env: Record<string, string | undefined>,
  given?: string,
  isExplicit = false,
): { url: string; mistake?: never } | { url?: never; mistake: string } {
  const value = given ?? config[configured] ?? env.AZDO_ORG_SERVICE_URL ?? "";
  const setting = given === undefined && !isExplicit ? configured : asArgument("organizationUrl");
  if (value === "") {
    return isExplicit
      ? {
          mistake: `${setting} is not set, and the organization of a provider that is passed nobody can read: ${example}`,
        }
      : { mistake: `${setting} is not set, and neither is AZDO_ORG_SERVICE_URL: ${example}` };
  }
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (typeof value !== "string" || url === null || !/^https?:\/\/[^/]/.test(value) || /["$`\\\s]/.test(value)) {
    return { mistake: `${setting} ${JSON.stringify(value)} must be a URL: ${example}` };
  }
  // Not repeated: it may be a secret.
  if (url.username !== "" || url.password !== "") {
    return { mistake: `${setting} has a user in it: leave it out, and set AZDO_PERSONAL_ACCESS_TOKEN` };
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return {
      mistake: `${setting} ${JSON.stringify(value)} begins with http:, and whoever listens would read the access token: ${example}`,
    };
  }
  if (url.search !== "" || url.hash !== "") {
    return { mistake: `${setting} ${JSON.stringify(value)} must end with the organization: ${example}` };
  }
  return { url: value.replace(/\/+$/, "") };
}
