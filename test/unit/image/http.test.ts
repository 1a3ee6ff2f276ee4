import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { send } from "../../../src/image/http";

const servers: Server[] = [];
async function serve(status: number, location?: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, location === undefined ? {} : { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

// 307 and 308 would have the body sent again as it is.
test.each([301, 302, 307, 308])("a sign-in that is answered with %i goes to no other address", async (status) => {
  const other = await serve(200);
  const { url } = await serve(status, `${other.url}/stolen`);
  const body = new URLSearchParams({ access_token: "azure-token" });
  const answer = await send(`${url}/oauth2/exchange`, { method: "POST", body });
  expect(answer.status).toBe(status);
  expect(other.asked).toEqual([]);
});

test("nor is anything deleted elsewhere", async () => {
  const other = await serve(202);
  const { url } = await serve(307, other.url);
  expect((await send(url, { method: "DELETE" })).status).toBe(307);
  expect(other.asked).toEqual([]);
});
