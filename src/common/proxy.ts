import { BlockList, isIP } from "node:net";
import { isLoopback } from "./loopback";

/**
 * The proxy that a request goes through, by the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in small letters as well.
 * They are read as Pulumi's providers read them, so that all of a command's requests go the same way:
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy. This machine is never asked through a proxy.
 *
 * @returns the proxy's URL, or undefined for none
 */
export function proxyFor({ protocol, hostname, port }: URL, env: NodeJS.ProcessEnv): string | undefined {
  const read = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  const proxy = read(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy === undefined || isLoopback(hostname)) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "");
  const own = port || (protocol === "https:" ? "443" : "80");
  const isExempt = (read("NO_PROXY") ?? "").split(",").some((entry) => matches(entry.trim().toLowerCase(), host, own));
  if (isExempt) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/** Whether an entry of NO_PROXY is about a host: `*`, an address, a network, or a domain with what is below it. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === "") return false;
  if (entry === "*") return true;
  const [network = "", bits] = entry.split("/");
  if (bits !== undefined) return isIn(network, Number(bits), host);
  const [, name = entry, only] = /^([^:]+|\[.+\]):(\d+)$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const domain = name.replace(/^\[|\]$/g, "").replace(/^\*(?=\.)/, "");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isIn(network: string, bits: number, host: string): boolean {
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  if (isIP(network) === 0 || isIP(host) !== isIP(network)) return false;
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === "ipv6" ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
