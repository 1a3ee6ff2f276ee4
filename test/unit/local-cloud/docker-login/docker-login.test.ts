import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { environmentOf } from "../../../../local-cloud/cloud/environment";
import { operator, tenantId } from "../../../../local-cloud/cloud/identity";
import { type Layout, layoutOf } from "../../../../local-cloud/cloud/layout";
import { writeCloudSettings } from "../../../../local-cloud/cloud/settings";
import { installDockerLogin } from "../../../../local-cloud/docker-login/install";
import { writeProcesses } from "../../../../local-cloud/processes/processes";
import { startTimeOf } from "../../../../src/common/start-time";
import { dockerLogin } from "../../../../src/image/docker-login";

let layout: Layout;
beforeEach(() => {
  layout = layoutOf(mkdtempSync(join(tmpdir(), "it's a cloud ")));
  installDockerLogin(layout);
});
afterEach(() => rmSync(layout.directory, { recursive: true }));

const settings = { port: 9480, personalAccessToken: "token", repository: { name: "model", defaultBranch: "main" } };
const environment = () => environmentOf(layout, settings, process.env);

/** Runs the helper as Docker does. */
async function helper(action: string, input: string) {
  const child = spawn("docker-credential-job-container", [action], { env: environment() });
  child.stdin.on("error", () => {}).end(input);
  const exit = new Promise((end) => child.once("close", end));
  const [stdout, exitCode] = await Promise.all([text(child.stdout), exit]);
  return { stdout: stdout.trim(), exitCode };
}

test("the configuration names a helper for every registry, and holds no login", () => {
  expect(JSON.parse(readFileSync(join(layout.docker, "config.json"), "utf8"))).toEqual({ credsStore: "job-container" });
  expect(statSync(join(layout.docker, "config.json")).mode & 0o777).toBe(0o600);
});

test("it lists no logins, so that docker-build has none but those it is given", async () => {
  expect(await helper("list", "unused")).toEqual({ stdout: "{}", exitCode: 0 });
});

test.each(["store", "erase"])("it does not %s logins", async (action) => {
  expect(await helper(action, "{}")).toMatchObject({ stdout: expect.stringContaining("not kept"), exitCode: 1 });
});

test("a registry that is not the local cloud's is read without a login", async () => {
  expect(await helper("get", "mlops.azurecr.io")).toEqual({
    stdout: "credentials not found in native keychain",
    exitCode: 1,
  });
  expect(await dockerLogin("mlops.azurecr.io", environment())).toBeUndefined();
});

describe("the login of one of the local cloud's registries", () => {
  let server: Server;
  let host: string;
  const asked: { url?: string; form: Record<string, string> }[] = [];

  /** A local cloud that seems to run, with one registry; one server is that registry and Azure. */
  beforeEach(async () => {
    asked.length = 0;
    server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
      asked.push({ url: request.url, form: Object.fromEntries(new URLSearchParams(await text(request))) });
      const body = request.url === "/oauth2/exchange" ? { refresh_token: "refresh" } : { access_token: "azure" };
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    host = `127.0.0.1:${port}`;
    writeCloudSettings(layout, { ...settings, port: port - 1 }); // Azure's is the one after the base port
    const processes = [{ name: "this test", pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 }];
    writeProcesses(layout.processes, { ready: true, processes });
    const registries = [{ name: "registry", resourceId: "/registry", port }];
    mkdirSync(dirname(layout.state.registries), { recursive: true });
    writeFileSync(layout.state.registries, JSON.stringify({ registries }));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const login = { username: "00000000-0000-0000-0000-000000000000", password: "refresh" };

  test("is made at the moment of use: the operator's Azure token, exchanged for one of the registry", async () => {
    expect(await dockerLogin(host, environment())).toEqual(login);
    expect(asked).toEqual([
      { url: `/${tenantId}/oauth2/v2.0/token`, form: expect.objectContaining({ client_id: operator.clientId }) },
      {
        url: "/oauth2/exchange",
        form: { grant_type: "access_token", service: host, tenant: tenantId, access_token: "azure" },
      },
    ]);
  });

  test("is not made for a local cloud that does not run", async () => {
    writeProcesses(layout.processes, { ready: false, processes: [] });
    expect(await dockerLogin(host, environment())).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test("is not made for another registry of this machine", async () => {
    expect(await dockerLogin("127.0.0.1:1", environment())).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
