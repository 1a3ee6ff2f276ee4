import { createReadStream } from "node:fs";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { channelName } from "../cloud/addresses";
import { listFiles } from "../toolchain/cache";

/**
 * Serves a conda channel's directory at `/conda-forge/`. Only the files that are there now exist; everything else,
 * whatever path it spells, is 404. Nothing can be uploaded.
 */
export function serveChannel(directory: string): FastifyInstance {
  const files = new Set(listFiles(directory, () => true));
  const server = fastify();
  server.get<{ Params: { "*": string } }>(`/${channelName}/*`, async (request, reply) => {
    const file = request.params["*"];
    if (!files.has(file)) return reply.callNotFound();
    const type = file.endsWith(".json") ? "application/json" : "application/octet-stream";
    return reply.type(type).send(createReadStream(join(directory, file)));
  });
  server.setNotFoundHandler(async (request, reply) => {
    return reply.code(404).type("text/plain").send(`the local conda channel has no ${request.url}\n`);
  });
  return server;
}
