import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { type Build, BuildStatus, type YamlProcess } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Running } from "../../local-cloud/cloud/status";
import { localAuthor } from "../../local-cloud/git/commit-files";
import { pushBranch } from "../../local-cloud/repository/push";
import { textFile } from "../support/repository";
import { startBrowser } from "./support/browser";
import { faintTexts } from "./support/contrast";
import { localCloud } from "./support/local-cloud";
import { useOwnCloud } from "./support/own-cloud";
import { RegistryClient } from "./support/registry-client";

/** A run that goes on for as long as tests look at it: it is cancelled then. */
const slowYaml = `
trigger: none
steps:
- bash: |
    for line in $(seq 1 3000); do echo "line $line <b>&amp;"; sleep 0.1; done
  displayName: Count
`;

/** A run that is over soon, with a warning. */
const quickYaml = `
trigger: none
steps:
- bash: |
    for line in $(seq 1 30); do echo "line $line"; sleep 0.1; done
  displayName: Count
- bash: echo "##vso[task.logissue type=warning]careful <b>"
  displayName: Warn
`;

// They look at all runs and all registries.
useOwnCloud();

let cloud: Running;
let browser: Browser;
let api: IBuildApi;
let registry: RegistryClient;
/** Digests of the registry's images by tag, as the push of each told them. */
const pushed: Record<string, string> = {};

/** What a browser of these tests must not do: say something on its console, ask another server. */
const complaints: string[] = [];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  cloud = localCloud();
  browser = await startBrowser();
  const { orgServiceUrl, personalAccessToken, project, repository } = cloud.azureDevOps;
  const azureDevOps = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
  api = await azureDevOps.getBuildApi();
  await pushBranch(cloud, "main", [textFile("slow.yml", slowYaml), textFile("quick.yml", quickYaml)], localAuthor);
  const found = await (await azureDevOps.getGitApi()).getRepository(repository, project);
  for (const name of ["slow", "quick"]) {
    const process: YamlProcess = { type: 2, yamlFilename: `${name}.yml` };
    await api.createDefinition(
      {
        name,
        repository: { id: found.id, type: "TfsGit", defaultBranch: "refs/heads/main" },
        process,
      },
      project,
    );
  }
  await makeRegistry();
}, 1_800_000);

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  expect(complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser.close();
});

/** An Azure container registry with two images. */
async function makeRegistry(): Promise<void> {
  const { url, tenantId, subscriptionId, clientId, clientSecret } = cloud.azure;
  const azureToken = async () => {
    const credentials = {
      ...{ grant_type: "client_credentials", scope: "https://management.azure.com/.default" },
      ...{ client_id: clientId, client_secret: clientSecret },
    };
    const body = new URLSearchParams(credentials);
    const answer = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, { method: "POST", body });
    return String(JSON.parse(await answer.text()).access_token);
  };
  const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-pages`;
  const put = async (path: string, version: string, body: object) => {
    const answer = await fetch(`${url}${path}?api-version=${version}`, {
      ...{ method: "PUT", body: JSON.stringify({ location: "westeurope", ...body }) },
      headers: { authorization: `Bearer ${await azureToken()}`, "content-type": "application/json" },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  await put(group, "2024-03-01", {});
  const id = `${group}/providers/Microsoft.ContainerRegistry/registries/pagescr`;
  const created = await put(id, "2025-04-01", { sku: { name: "Basic" }, properties: {} });
  registry = new RegistryClient(created.properties.loginServer, azureToken);
  for (const tag of ["one", "two"]) {
    const { digest } = await registry.pushImage("operator", "mlops/pages", tag, Buffer.from(`layer ${tag}`));
    pushed[tag] = digest;
  }
}

/** A page in a browser of its own. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(cloud.azureDevOps.url).host)
      complaints.push(`request to ${request.url()}`);
  });
  const response = await page.goto(path.startsWith("http") ? path : `${cloud.azureDevOps.url}${path}`);
  expect(response?.status()).toBe(200);
  return page;
}

async function queue(definition: "slow" | "quick"): Promise<Build & { id: number }> {
  const build = await api.queueBuild({ definition: { id: definition === "slow" ? 1 : 2 } }, "mlops");
  return { ...build, id: build.id ?? 0 };
}

async function cancel({ id }: { id: number }): Promise<void> {
  await api.updateBuild({ status: BuildStatus.Cancelling }, "mlops", id);
}

async function over({ id }: { id: number }): Promise<Build> {
  for (;;) {
    const build = await api.getBuild("mlops", id);
    if (build.status === BuildStatus.Completed) return build;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Opens the log of a run's step "Count" as soon as it has begun. */
async function openLog(build: Build): Promise<Page> {
  const page = await open(`/_build/results?buildId=${build.id}`);
  await page.getByRole("row", { name: /^Count Running/ }).waitFor();
  await page.getByRole("link", { name: "Count", exact: true }).click();
  await line(page, 3).waitFor();
  return page;
}

const line = (page: Page, number: number): Locator => page.getByText(new RegExp(`^line ${number}( <b>&amp;)?$`));
const focused = (page: Page) => page.evaluate<string>("document.activeElement.textContent");
const lineCount = (page: Page) => page.locator(".log .line").count();

/** Waits until a log has grown. */
async function grown(page: Page): Promise<void> {
  const before = await lineCount(page);
  await page.locator(`#L${before + 5}`).waitFor();
}

describe("a run that goes on", () => {
  let build: Build & { id: number };
  beforeAll(async () => {
    build = await queue("slow");
  });
  afterAll(async () => {
    await cancel(build);
    await over(build);
  });

  test("by keyboard alone, the start page leads to a step's log", async () => {
    const page = await open("");
    const tabTo = async (text: string) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        if ((await focused(page)) === text) return;
      }
      throw new Error(`no Tab leads to ${text}`);
    };
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to main content");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Enter");
    await tabTo(`#${build.buildNumber}`);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: `#${build.buildNumber}` }).waitFor();
    await page.getByRole("link", { name: "Count", exact: true }).waitFor();
    await tabTo("Count");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Count" }).waitFor();
    await line(page, 1).waitFor();
  });

  test("its log grows without the page being loaded again; focus, selection and scroll position stay", async () => {
    const page = await openLog(build);
    await page.evaluate("window.sameDocument = true");
    await page.getByRole("link", { name: "View raw log" }).focus();
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('#L1 .text'))");
    await page.setViewportSize({ width: 800, height: 300 });
    await page.evaluate("scrollTo(0, 40)");
    await grown(page);
    await grown(page);
    expect(await page.evaluate("[window.sameDocument, String(getSelection()), scrollY]")).toEqual([
      true,
      (await page.locator("#L1 .text").textContent())?.trimEnd(),
      40,
    ]);
    expect(await focused(page)).toBe("View raw log");
  });

  test("who reads at the end of its log stays at the end", async () => {
    const page = await openLog(build);
    await page.setViewportSize({ width: 800, height: 300 });
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
    await grown(page);
    expect(await page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")).toBe(true);
  });

  test("what changes is announced politely", async () => {
    const page = await openLog(build);
    await page.getByRole("log", { name: "Log of Count" }).waitFor();
    expect(await page.getByRole("status").textContent()).toBe("Running");
    await page.goBack();
    expect(await page.getByRole("status").textContent()).toMatch(/^Running: Count\. \d of \d steps done\.$/);
  });

  test("without scripts, loading its log again shows more", async () => {
    const page = await open((await openLog(build)).url(), { javaScriptEnabled: false });
    const before = await lineCount(page);
    while ((await lineCount(page)) <= before) await page.reload();
  });
});

test("a run's page follows it to its end, and the focus stays where it is", async () => {
  const build = await queue("quick");
  const page = await open(`/_build/results?buildId=${build.id}`);
  await page.getByRole("row", { name: /^Count Running/ }).waitFor();
  await page.getByRole("link", { name: "Warn", exact: true }).focus();
  await page.getByRole("row", { name: /^Count Succeeded/ }).waitFor();
  await page.getByRole("row", { name: /^Warn Succeeded/ }).waitFor();
  await page.getByText("The run is over.").waitFor();
  expect(await focused(page)).toBe("Warn");
  await page.getByText("careful <b>").waitFor();
  expect(await page.locator("body[data-refresh]").count()).toBe(0);
});

test("a log that grew has each line once, as the API has them", async () => {
  const build = await queue("quick");
  const page = await openLog(build);
  await page.getByRole("status").getByText("Succeeded").waitFor();
  await over(build);
  await page.locator("body:not([data-refresh])").waitFor();
  const { records = [] } = await api.getBuildTimeline("mlops", build.id);
  const logId = records.find(({ name }) => name === "Count")?.log?.id ?? 0;
  const lines = await api.getBuildLogLines("mlops", build.id, logId);
  const texts = lines.map((text) => text.replace(/^\S+ /, "").replace(/^##\[\w+\]/, ""));
  expect(texts.filter((text) => text.startsWith("line "))).toHaveLength(30);
  expect(await page.locator(".log .text").allTextContents()).toEqual(texts);
});

test("a list shows a run that was queued since, and the focus stays where it is", async () => {
  const page = await open("/_build");
  const link = page.getByRole("link", { name: "slow", exact: true }).first();
  await link.focus();
  const build = await queue("quick");
  await page
    .getByRole("link", { name: `#${build.buildNumber}` })
    .first()
    .waitFor();
  expect(await focused(page)).toBe("slow");
  await over(build);
});

test("the URLs that are printed open", async () => {
  const { url, orgServiceUrl, repository } = cloud.azureDevOps;
  const definition = await api.getDefinition("mlops", 1);
  const [build] = await api.getBuilds("mlops");
  for (const [printed, title] of [
    [url, "mlops"],
    [`${orgServiceUrl}/mlops/_build?definitionId=1`, "slow"],
    [definition._links.web.href, "slow"],
    [build?._links.web.href, `#${build?.buildNumber}`],
    [`${url}/_git/${repository}`, repository],
    [`${url}/_settings/adminservices`, "Service connections"],
  ]) {
    const page = await open(printed);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain(title);
  }
});

test("the registry's page has the digests that the registry has", async () => {
  const page = await open("/_registries/pagescr");
  await page.getByRole("link", { name: "mlops/pages" }).click();
  await page.getByRole("heading", { level: 1, name: "mlops/pages" }).waitFor();
  const shown: Record<string, string> = {};
  for (const row of await page.locator("tbody tr").all()) {
    shown[await row.locator("th").innerText()] = await row.locator(".digest").innerText();
  }
  const token = await registry.accessToken("operator", "repository:mlops/pages:pull");
  for (const [tag, digest] of Object.entries(pushed)) {
    const answer = await registry.call("HEAD", `/v2/mlops/pages/manifests/${tag}`, token);
    expect(answer.headers.get("docker-content-digest")).toBe(digest);
  }
  expect(shown).toEqual(pushed);
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  test.each([1200, 360])("pages are readable and as wide as the window, %i pixels", async (width) => {
    const [build] = await api.getBuilds("mlops");
    const { records = [] } = await api.getBuildTimeline("mlops", build?.id ?? 0);
    const step = records.find(({ name }) => name === "Count");
    const page = await open("", { colorScheme, viewport: { width, height: 800 } });
    for (const path of [
      "",
      "/_build",
      "/_build?definitionId=1",
      `/_build/results?buildId=${build?.id}`,
      `/_build/results?buildId=${build?.id}&view=logs&t=${step?.id}`,
      "/_settings/adminservices",
      "/_git/diabetes_regression",
      "/_git/diabetes_regression?path=/slow.yml",
      "/_registries/pagescr/mlops/pages",
    ]) {
      await page.goto(`${cloud.azureDevOps.url}${path}`);
      expect({ path, faint: await page.evaluate(faintTexts) }).toEqual({ path, faint: [] });
      const overflow = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect({ path, overflow }).toEqual({ path, overflow: 0 });
    }
  });
});
