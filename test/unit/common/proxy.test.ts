import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import * as z from "zod";
import { ask } from "../../../src/azure-devops/rest";
import { azureDevOps } from "../../../src/cli/azure-devops";
import { azureReposComments } from "../../../src/cli/env/comment/azure-repos-comment";
import { GitHubApi } from "../../../src/cli/env/github-api";
import { proxyFor } from "../../../src/common/proxy";
import { signIn } from "../../../src/image/azure-sign-in";

const proxied = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env);
const proxy = "http://proxy.test:3128";

describe("the proxy", () => {
  test.each<[string, NodeJS.ProcessEnv, string, string | undefined]>([
    ["of https", { HTTPS_PROXY: proxy }, "https://a.test/", proxy],
    ["of https is not for http", { HTTPS_PROXY: proxy }, "http://a.test/", undefined],
    ["of http", { HTTP_PROXY: proxy }, "http://a.test/", proxy],
    ["in small letters", { https_proxy: proxy }, "https://a.test/", proxy],
    ["without a scheme", { HTTPS_PROXY: "proxy.test:3128" }, "https://a.test/", proxy],
    ["is none where nothing is set", {}, "https://a.test/", undefined],
    ["is none where it is empty", { HTTPS_PROXY: "" }, "https://a.test/", undefined],
  ])("%s", (_, env, url, expected) => {
    expect(proxied(url, env)).toBe(expected);
  });

  test.each(["http://127.0.0.1:9480/local", "http://localhost/", "http://[::1]:1/"])(
    "is not for this machine: %s",
    (url) => {
      expect(proxied(url, { HTTP_PROXY: proxy })).toBeUndefined();
    },
  );

  test.each<[string, string, boolean]>([
    ["*", "https://a.test/", false],
    ["a.test", "https://a.test/", false],
    ["A.test", "https://a.test/", false],
    ["a.test", "https://b.a.test/", false],
    ["a.test", "https://xa.test/", true],
    [".a.test", "https://b.a.test/", false],
    [".a.test", "https://a.test/", true],
    ["*.a.test", "https://b.a.test/", false],
    ["b.test, a.test", "https://a.test/", false],
    ["a.test:443", "https://a.test/", false],
    ["a.test:8443", "https://a.test/", true],
    ["10.0.0.0/8", "https://10.1.2.3/", false],
    ["10.0.0.0/8", "https://11.1.2.3/", true],
    ["10.0.0.0/99", "https://10.1.2.3/", true],
    ["10.1.2.3", "https://10.1.2.3/", false],
    ["fd00::/8", "https://[fd00::1]/", false],
    ["", "https://a.test/", true],
  ])("is not for what NO_PROXY=%s names: %s", (noProxy, url, expected) => {
    expect(proxied(url, { HTTPS_PROXY: proxy, NO_PROXY: noProxy }) !== undefined).toBe(expected);
  });
});

describe("through a proxy", () => {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const services: string[] = [];
  const service = createServer({ keepAliveTimeout: 0 });
  const forward = createServer();
  const before = { ...process.env };

  beforeAll(async () => {
    service.on("request", (request, response) => {
      services.push(`${request.headers.host}${request.url}`);
      response.setHeader("content-type", "application/json");
      response.end('{"id":1,"count":0,"value":[]}');
    });
    forward.on("connect", (request, client) => {
      asked.push(request.url ?? "");
      authorizations.push(request.headers["proxy-authorization"]);
      client.on("error", () => client.destroy());
      if (!request.url?.endsWith(":80")) {
        client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      const { port } = service.address() as AddressInfo;
      const target = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        target.pipe(client).pipe(target);
      });
      target.on("error", () => client.destroy());
    });
    for (const server of [service, forward])
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://user:pass%20word@127.0.0.1:${(forward.address() as AddressInfo).port}`;
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]) delete process.env[name.toLowerCase()];
    Object.assign(process.env, { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: "" });
  });
  afterAll(() => {
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    for (const server of [service, forward]) {
      server.closeAllConnections();
      server.close();
    }
  });
  beforeEach(() => {
    for (const list of [asked, authorizations, services]) list.splice(0);
  });
  const authorization = `Basic ${Buffer.from("user:pass word").toString("base64")}`;

  test("our own requests to Azure DevOps go", async () => {
    const api = { projectUrl: "http://devops.test/contoso/mlops", token: "t" };
    expect(await ask(api, "build/definitions/1", { parse: (content) => content })).toMatchObject({ id: 1 });
    expect({ asked, authorizations }).toEqual({ asked: ["devops.test:80"], authorizations: [authorization] });
    expect(services).toEqual(["devops.test/contoso/mlops/_apis/build/definitions/1?api-version=7.1"]);
  });

  test("those of Microsoft's client go, in the same way", async () => {
    const env = { ...process.env, AZDO_PERSONAL_ACCESS_TOKEN: "t" };
    await azureDevOps("http://client.test/contoso", env).rest.get("http://client.test/contoso/_apis/projects");
    expect({ asked, authorizations }).toEqual({ asked: ["client.test:80"], authorizations: [authorization] });
  });

  test("those of its client for comments go, in the same way", async () => {
    const pullRequest = { organizationUrl: "http://comments.test/contoso", project: "p", repository: "r", number: 1 };
    const comments = azureReposComments({ service: "azureRepos", ...pullRequest, token: "t" });
    await comments.list().catch(() => {}); // the service here has no comments
    expect(asked[0]).toBe("comments.test:80");
    expect(new Set(authorizations)).toEqual(new Set([authorization]));
  });

  test("those to GitHub go", async () => {
    const github = new GitHubApi({ apiUrl: "http://github.test", token: "t", purpose: "read" });
    expect(await github.get("/repos/a/b", z.object({ id: z.number() }), "reading")).toEqual({ id: 1 });
    expect(asked).toEqual(["github.test:80"]);
  });

  test("the sign-in to a registry goes, and says it where the proxy refuses", async () => {
    await expect(signIn("mlops.azurecr.io", "tenant", { resourceManager: "azure-token" }, "push")).rejects.toThrow(
      /^cannot sign in to the container registry mlops\.azurecr\.io: cannot reach .*403/s,
    );
    expect(asked).toEqual(["mlops.azurecr.io:443"]);
  });

  test("nothing on this machine goes", async () => {
    const { port } = service.address() as AddressInfo;
    const api = { projectUrl: `http://127.0.0.1:${port}/local/mlops`, token: "t" };
    await ask(api, "projects", { parse: (content) => content });
    const env = { ...process.env, AZDO_PERSONAL_ACCESS_TOKEN: "t" };
    await azureDevOps(`http://127.0.0.1:${port}/local`, env).rest.get(`http://127.0.0.1:${port}/local/_apis/projects`);
    expect({ asked, services }).toMatchObject({ asked: [], services: { length: 2 } });
  });
});
