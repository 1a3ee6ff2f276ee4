import type { ProxyAgent } from "undici";
import { proxyFor } from "./proxy";

/** One for each proxy, which keeps its connections. */
const agents = new Map<string, ProxyAgent>();

/** `fetch`, through the proxy that the environment names for the URL: Node's own looks at none unless it is told to. */
export async function request(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const proxy = proxyFor(new URL(url), process.env);
  if (proxy === undefined) return fetch(url, init);
  // Loaded where there is a proxy.
  const undici: typeof import("undici") = require("undici");
  const dispatcher = agents.get(proxy) ?? new undici.ProxyAgent(proxy);
  agents.set(proxy, dispatcher);
  return undici.fetch(url, { ...init, dispatcher });
}
