import { isLoopback } from "../common/loopback";

/**
 * The URL of a registry. Registries on the loopback interface speak plain HTTP and all others HTTPS, which is the rule
 * of Docker and BuildKit: https://docs.docker.com/reference/cli/dockerd/#insecure-registries
 *
 * @param host host and, if it has one, port: a registry's login server
 */
export function registryUrl(host: string): string {
  return `${isLoopback(new URL(`https://${host}`).hostname) ? "http" : "https"}://${host}`;
}
