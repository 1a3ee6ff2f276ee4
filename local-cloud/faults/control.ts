import { timingSafeEqual } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import * as z from "zod";
import type { Faults } from "./faults";
import { faultRule } from "./rule";

/**
 * The switch for faults: `GET /faults` lists the rules with what they have done, `POST /faults` adds one, `DELETE
 * /faults/<id>` and `DELETE /faults` remove them. JSON in and out; `FaultRule` is the form.
 *
 * @param token the local cloud's, which every request has to bring as a bearer
 */
export function faultControl(faults: Faults, token: string): FastifyInstance {
  const server = Fastify();
  server.addHook("onRequest", async (request, reply) => {
    if (isSame(request.headers.authorization ?? "", `Bearer ${token}`)) return;
    return reply.code(401).send({ message: "This needs the local cloud's token: Authorization: Bearer <token>." });
  });
  server.get("/faults", async () => faults.list());
  server.post("/faults", async (request, reply) => {
    const rule = faultRule.safeParse(request.body);
    if (rule.success) return reply.code(201).send(faults.add(rule.data));
    return reply.code(400).send({ message: `This is not a rule for faults:\n${z.prettifyError(rule.error)}` });
  });
  server.delete("/faults", async () => ({ removed: faults.remove() }));
  server.delete<{ Params: { id: string } }>("/faults/:id", async ({ params: { id } }, reply) => {
    if (faults.remove(Number(id)) === 1) return { removed: 1 };
    return reply.code(404).send({ message: `There is no rule ${id}.` });
  });
  return server;
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
