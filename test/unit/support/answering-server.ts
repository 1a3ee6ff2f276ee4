import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface AnsweringServer {
  url: string;
  close: () => Promise<void>;
}

/** A server on loopback that answers each path with what it is given for it, and anything else with 404. */
export async function answeringServer(answers: Record<string, object>): Promise<AnsweringServer> {
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const answer = answers[new URL(request.url ?? "/", "http://127.0.0.1").pathname];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { message: "there is no such API" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
