/**
 * The URL of a registry. Registries on the loopback interface speak plain HTTP and all others HTTPS, which is the rule
 * of Docker and BuildKit: https://docs.docker.com/reference/cli/dockerd/#insecure-registries
 *
 * @param host host and, if it has one, port: a registry's login server
 */
export function registryUrl(host: string): string {
  const { hostname } = new URL(`https://${host}`);
  const loopback = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return `${loopback ? "http" : "https"}://${host}`;
}
