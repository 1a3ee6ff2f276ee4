import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * Whether a request was sent to the server by its own loopback address. A page of the internet whose name leads to
 * 127.0.0.1 (DNS rebinding) is known by its own name in `Host`.
 *
 * @param own `http://127.0.0.1:9480`
 */
export function isFromLoopback({ headers }: FastifyRequest, own: string): boolean {
  const { host, port } = new URL(own);
  return headers.host === host || headers.host === `localhost:${port}`;
}

/** Nothing from elsewhere, nothing written into the page itself, in no frame, kept nowhere. */
export function setHeaders(reply: FastifyReply): void {
  reply.headers({
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
}
