import { request } from "node:http";
import { type LocalAzureDevOps, personalAccessToken } from "../../support/local-azure-devops";
import { digest, evil, runIsOver, secrets, startWorld } from "../../support/pages-world";
import { part } from "../../support/part";

let azureDevOps: LocalAzureDevOps;
/** Without the organization. */
let server: string;

beforeAll(async () => {
  azureDevOps = await startWorld();
  await runIsOver(azureDevOps);
  server = new URL(azureDevOps.url).origin;
});
afterAll(() => azureDevOps.close());

const page = async (path: string) => {
  const response = await fetch(new URL(path, server), { redirect: "manual" });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** As a browser reads an attribute. */
const decode = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

const linksOf = (text: string) => [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, value]) => decode(value ?? ""));

/** What a page says, without its tags. */
const wordsOf = (text: string) => decode(text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " "));

/** Every page that links lead to, from the start page on, as it is. */
async function crawl(): Promise<Map<string, Awaited<ReturnType<typeof page>>>> {
  const found = new Map<string, Awaited<ReturnType<typeof page>>>();
  const waiting = ["/"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const loaded = await page(path);
    found.set(path, loaded);
    const links = [
      ...linksOf(loaded.text),
      ...(loaded.headers.get("location") ? [loaded.headers.get("location") ?? ""] : []),
    ];
    waiting.push(
      ...links.map((link) => new URL(link, new URL(path, server))).map(({ pathname, search }) => pathname + search),
    );
  }
  return found;
}

describe("all pages", () => {
  let pages: Awaited<ReturnType<typeof crawl>>;
  beforeAll(async () => {
    pages = await crawl();
  });

  test("can be reached from the start page, and every link on them leads somewhere", () => {
    const kinds = [
      /^\/local$/,
      /^\/local\/mlops$/,
      /adminservices$/,
      /adminservices\?resourceId=/,
      /_build$/,
      /_build\?definitionId=2$/,
      /results\?buildId=1$/,
      /view=logs&t=first%20step$/,
      /format=text$/,
      /_TestManagement\/Runs\?runId=1$/,
      /_git$/,
      /_git\/empty$/,
      /_git\/diabetes_regression$/,
      /path=%2Fa\+b%2F50%25\+%231%3F.txt/,
      /commit\/[\da-f]{40}$/,
      /_git\/diabetes_regression\/pullrequest\/1$/,
      /_registries$/,
      /_registries\/mlopscr$/,
      /_registries\/mlopscr\/mlops\/diabetes_regression$/,
      /live\.js$/,
    ];
    for (const kind of kinds) expect([...pages.keys()].filter((path) => kind.test(path))).not.toEqual([]);
    const broken = [...pages].filter(([path, { status }]) => status !== (path === "/" ? 302 : 200));
    expect(broken.map(([path, { status }]) => `${status} ${path}`)).toEqual([]);
  });

  test("lead to this server only", () => {
    const elsewhere = [...pages.values()]
      .flatMap(({ text }) => linksOf(text))
      .filter((link) => !/^[/#](?!\/)/.test(link));
    expect(elsewhere).toEqual([]);
  });

  test("show no secret", () => {
    for (const [path, { text }] of pages) {
      for (const secret of [...secrets, personalAccessToken]) expect(`${path} ${text}`).not.toContain(secret);
    }
  });

  test("escape what comes from data", () => {
    const shown = [...pages].filter(([, { text }]) => decode(text).includes(evil)).map(([path]) => path);
    expect(shown.length).toBeGreaterThan(10);
    for (const [path, { text, headers }] of pages) {
      if (headers.get("content-type")?.startsWith("text/html")) expect(`${path} ${text}`).not.toContain("<img");
    }
  });

  test("allow no script and no style but the server's own files, and stand in no frame", () => {
    for (const { headers, text } of pages.values()) {
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      if (headers.get("content-type")?.startsWith("text/html"))
        expect(text).not.toMatch(/<script(?! src=)|<style|\sstyle=|<[^>]*\son\w+="/);
    }
  });

  test("have one heading of the first level, a main part, and no id twice", () => {
    for (const { headers, text } of pages.values()) {
      if (!headers.get("content-type")?.startsWith("text/html")) continue;
      expect(text.match(/<h1>/g)).toHaveLength(1);
      expect(text.match(/<main id="main"/g)).toHaveLength(1);
      const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      expect(ids).toEqual([...new Set(ids)]);
    }
  });
});

describe("what Azure DevOps' API calls a page opens", () => {
  test.each([
    ["a project", "_apis/projects/mlops", (body: Linked) => body._links?.web?.href],
    ["a pipeline", "mlops/_apis/build/definitions/1", (body: Linked) => body._links?.web?.href],
    ["a pipeline's editor", "mlops/_apis/build/definitions/1", (body: Linked) => body._links?.editor?.href],
    ["a pipeline of the pipelines API", "mlops/_apis/pipelines/1", (body: Linked) => body._links?.web?.href],
    ["a run", "mlops/_apis/build/builds/1", (body: Linked) => body._links?.web?.href],
    ["a repository", "mlops/_apis/git/repositories/diabetes_regression", (body: Linked) => body.webUrl],
    ["a pipeline's repository", "mlops/_apis/build/definitions/1", (body: Linked) => body.repository?.url],
    [
      "a commit",
      "mlops/_apis/git/repositories/diabetes_regression/commits",
      (body: Linked) => body.value?.[0]?.remoteUrl,
    ],
    ["a test run", "mlops/_apis/test/runs/1", (body: Linked) => body.webAccessUrl],
  ])("%s", async (_, api, urlOf) => {
    const { body } = await azureDevOps.request("GET", api);
    const response = await fetch(urlOf(body) ?? "nowhere");
    expect({ status: response.status, type: response.headers.get("content-type") }).toEqual({
      status: 200,
      type: "text/html; charset=utf-8",
    });
  });

  interface Linked {
    [property: string]: unknown;
    _links?: { web?: { href: string }; editor?: { href: string } };
    webUrl?: string;
    webAccessUrl?: string;
    repository?: { url?: string };
    value?: { remoteUrl?: string }[];
  }

  test("by the project's id as by its name", async () => {
    const paths = ["", "/_build?definitionId=1", "/_build/results?buildId=1", "/_git/diabetes_regression"];
    for (const path of paths) {
      const [byName, byId] = [await page(`/local/mlops${path}`), await page(`/local/${azureDevOps.projectId}${path}`)];
      expect(byId.status).toBe(200);
      expect(byId.text).toBe(byName.text);
    }
  });
});

describe("a page says", () => {
  const words = async (path: string) => wordsOf((await page(`/local/mlops${path}`)).text);
  const connection = () => azureDevOps.state.endpoints[0];

  test("how a service connection signs in and which pipelines may use it", async () => {
    const text = await words(`/_settings/adminservices?resourceId=${connection()?.id}`);
    expect(text).toContain("acrconnection Ready");
    expect(text).toContain("Workload identity federation");
    expect(text).toContain(`Issuer ${connection()?.parameters.workloadIdentityFederationIssuer}`);
    expect(text).toContain(`Subject identifier ${connection()?.parameters.workloadIdentityFederationSubject}`);
    expect(text).toMatch(/image & more Permitted .*never run Not permitted/);
  });

  test("that every pipeline may use an open one", async () => {
    const text = await words(`/_settings/adminservices?resourceId=${azureDevOps.state.endpoints[1]?.id}`);
    expect(text).toContain("Every pipeline of the project may use it.");
    expect(text).toMatch(/image & more Permitted .*never run Permitted/);
    expect(text).toContain("password secret");
  });

  test("what a pipeline's variables are, and what it may use", async () => {
    const text = await words("/_build?definitionId=1");
    expect(text).toContain(`shown ${evil} Yes hidden secret Yes`);
    expect(text).toContain(`Variable group group ${evil}`);
    expect(text).toContain("acrconnection Docker Registry Permitted");
    expect(text).toContain("github GitHub Not permitted");
  });

  test("what came of a run, of its steps and of its tests", async () => {
    const text = await words("/_build/results?buildId=1");
    expect(text).toContain("The run is over. Failed: last step.");
    expect(text).toMatch(/first step Succeeded with issues .*last step Failed/);
    expect(text).toContain(`Warning careful ${evil} first step`);
    expect(text).toContain(`pytest ${evil} 1 1 0 2`);
    expect(text).toContain(`${evil} 3 8 37.5 %`);
    expect(text).toContain(`which ${evil}`);
    expect(text).not.toContain("hidden");
  });

  test("what a step wrote, without colours, with its kind", async () => {
    const { text } = await page("/local/mlops/_build/results?buildId=1&view=logs&t=first%20step");
    expect(wordsOf(text)).toContain(`green ${evil}`);
    expect(text).toMatch(/class="line command" id="L1">.*class="line " id="L2">/);
    expect(text).not.toContain("\u001b");
  });

  test("only the lines of a log that are asked for, and from which the next are", async () => {
    const { text } = await page("/local/mlops/_build/results?buildId=1&view=logs&t=first%20step&from=2");
    expect(text).not.toContain('id="L1"');
    expect(text).toContain('id="L2"');
    expect(text).toContain(`data-next="${(await raw()).length + 1}"`);
  });

  test("of a very long log the last 2000 lines; the raw one has all", async () => {
    const long = await startWorld(async (_plan, _context, recorder) => {
      recorder.planned([part("stage", "Stage", undefined), part("job", "Job", "stage"), part("long", "Task", "job")]);
      for (let line = 1; line <= 2500; line++) recorder.log("long", `line ${line}.`);
      return "succeeded";
    });
    await runIsOver(long);
    const load = async (more: string) =>
      (await fetch(`${long.url}/mlops/_build/results?buildId=1&view=logs&t=long${more}`)).text();
    const [shown, all] = [await load(""), await load("&format=text")];
    await long.close();
    expect(shown).not.toContain("line 500.");
    expect(shown).toMatch(/the last 2000 lines.*id="L501">.*line 501\..*line 2500\./s);
    expect(all.split("\n")).toHaveLength(2501);
  });

  const raw = async () =>
    (await page("/local/mlops/_build/results?buildId=1&view=logs&t=first%20step&format=text")).text.trim().split("\n");

  test("which tags a registry's repository has, and the digests that they lead to", async () => {
    const text = await words("/_registries/mlopscr/mlops/diabetes_regression");
    expect(text).toContain(`latest ${digest} 51.2 MB linux/amd64 2026-01-02 03:04:05 UTC`);
    expect(await words("/_registries/MLOPSCR")).toContain("mlops/diabetes_regression");
  });

  test("what a pull request is, and what was said about it", async () => {
    const text = await words("/_git/diabetes_regression/pullrequest/1");
    expect(text).toContain(`Use it ${evil} Active`);
    expect(text).toMatch(/From tensorflow .*Into main /);
    expect(text).toContain(`What it does: ${evil}`);
    expect(text).toContain(`Checks Policy Required Status Run Check ${evil} Required Not run yet`);
  });

  test("that a run that is over does not change any more, and that lists do", async () => {
    expect((await page("/local/mlops/_build/results?buildId=1")).text).not.toContain("data-refresh");
    expect((await page("/local/mlops/_build")).text).toContain('data-refresh="5000"');
  });
});

describe("a page that is not there", () => {
  test.each([
    ["a path", "/nowhere", "There is no page at /nowhere."],
    ["a path of a project", "/local/mlops/_boards", "There is no page at /local/mlops/_boards."],
    ["a project", "/local/other", "The following project does not exist: other."],
    ["a pipeline", "/local/mlops/_build?definitionId=9", "Build pipeline 9 was not found."],
    ["a run", "/local/mlops/_build/results?buildId=9", "The requested build 9 could not be found."],
    ["a run without a number", "/local/mlops/_build/results", "could not be found."],
    ["a step", "/local/mlops/_build/results?buildId=1&view=logs&t=x", "has no step x."],
    ["a step that is a job", "/local/mlops/_build/results?buildId=1&view=logs&t=job", "has no step job."],
    ["a test run", "/local/mlops/_TestManagement/Runs?runId=7", "Test run 7 cannot be found."],
    ["a service connection", "/local/mlops/_settings/adminservices?resourceId=x", "with id x does not exist."],
    ["a repository", "/local/mlops/_git/x", "TF401019"],
    ["a branch", "/local/mlops/_git/diabetes_regression?version=GBx", "TF401175"],
    ["a file", "/local/mlops/_git/diabetes_regression?path=/x", "The item '/x' could not be found"],
    ["a commit", "/local/mlops/_git/diabetes_regression/commit/x", "TF401175"],
    ["a pull request", "/local/mlops/_git/diabetes_regression/pullrequest/9", "TF401180"],
    ["a commit of no repository", "/local/_git/x/commit/x", "TF401019"],
    ["a registry", "/local/mlops/_registries/x", "There is no container registry x."],
    ["a registry's repository", "/local/mlops/_registries/mlopscr/x", "has no repository x."],
  ])("%s says so, and what there is", async (_, path, reason) => {
    const { status, text } = await page(path);
    expect(status).toBe(404);
    expect(wordsOf(text)).toContain(reason);
    expect(linksOf(text)).toContain("/local/mlops/_build");
  });

  test("says so of what it was asked, escaped", async () => {
    const { text } = await page(`/local/mlops/_git/x?path=${encodeURIComponent(evil)}`);
    const other = await page(`/local/${encodeURIComponent(evil)}`);
    expect([text, other.text].join()).not.toContain("<img");
    expect(wordsOf(other.text)).toContain(evil);
  });

  test("a name that is given twice is refused", async () => {
    expect((await page("/local/mlops/_build?definitionId=1&definitionId=2")).status).toBe(400);
  });
});

describe("access", () => {
  /** A request with headers that `fetch` does not let anybody set. */
  const send = (path: string, options: { method?: string; host?: string | undefined; token?: string }) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const { method = "GET", host, token } = options;
      const headers = {
        ...(host !== undefined && { host }),
        ...(token !== undefined && { authorization: `Basic ${Buffer.from(`:${token}`).toString("base64")}` }),
      };
      const { hostname, port } = new URL(server);
      request({ hostname, port, path, method, headers, setHost: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, text }));
      })
        .once("error", reject)
        .end();
    });
  const port = () => new URL(server).port;

  test.each([
    ["another name", () => `pages.example.com:${port()}`],
    ["another name that leads to 127.0.0.1", () => `127.0.0.1.nip.io:${port()}`],
    ["another port", () => "127.0.0.1:1"],
    ["no port", () => "127.0.0.1"],
    ["an empty name", () => ""],
  ])("a page is not shown to who asks by %s", async (_, host) => {
    for (const path of ["/local/mlops", "/_static/pages.css", "/nowhere"]) {
      const { status, text } = await send(path, { host: host() });
      expect(status).toBe(421);
      expect(text).not.toContain("diabetes");
    }
  });

  test.each([["127.0.0.1"], ["localhost"]])("a page is shown at %s", async (name) => {
    expect((await send("/local/mlops", { host: `${name}:${port()}` })).status).toBe(200);
  });

  test.each([
    "/local/_apis/projects",
    "/local/_apis",
    "/local/_APIS/projects",
    "/local/%5Fapis/projects",
    "/local/mlops/_apis/build/definitions",
    "/local/mlops/_apis/nowhere",
    "/_apis/nowhere",
  ])("the API at %s needs the access token", async (path) => {
    const host = `127.0.0.1:${port()}`;
    for (const token of [undefined, "wrong"]) {
      const { status, text } = await send(path, { host, ...(token && { token }) });
      expect({ status, type: JSON.parse(text).typeKey }).toEqual({ status: 401, type: "UnauthorizedRequestException" });
    }
  });

  test("with the token, an API that is not there is named as before", async () => {
    const { status, text } = await send("/local/mlops/_apis/nowhere", { token: personalAccessToken, host: "x" });
    expect({ status, message: JSON.parse(text).message }).toEqual({
      status: 404,
      message: "The local Azure DevOps has no API at GET /local/mlops/_apis/nowhere.",
    });
  });

  test.each(["POST", "PUT", "PATCH", "DELETE"])("there is no %s to a page", async (method) => {
    const host = `127.0.0.1:${port()}`;
    expect((await send("/local/mlops", { method, host })).status).toBe(401);
    expect((await send(`/local/mlops?api-version=7.1`, { method, host, token: personalAccessToken })).status).toBe(404);
  });
});
