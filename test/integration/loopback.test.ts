import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { subscriptionId } from "../../local-cloud/cloud/identity";
import { layoutOf } from "../../local-cloud/cloud/layout";
import { readCloudSettings } from "../../local-cloud/cloud/settings";
import { localCloud, localCloudDirectory } from "./support/local-cloud";

/** The sockets of the local cloud's processes that wait for connections or packets: `address:port`, as /proc has them. */
function listening(): string[] {
  const own = new Set(localCloud().processes.flatMap(({ pid }) => socketsOf(pid)));
  // proc(5): the local address is the second field, the state the fourth, the inode the tenth. 0A: listens. UDP: 07.
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((protocol) =>
    readFileSync(`/proc/net/${protocol}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state = "", , , , , , inode = ""]) => own.has(inode) && (state === "0A" || state === "07"))
      .map(([, address = ""]) => `${protocol} ${address}`),
  );
}

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return []; // closed meanwhile
    }
  });
}

/** Asks for a path as it is written: clients would resolve `..` before they send it. */
async function ask(base: string, path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(base);
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    request({ hostname, port, path, headers }, async (response) =>
      resolve({ status: response.statusCode ?? 0, body: await text(response) }),
    )
      .once("error", reject)
      .end();
  });
}

test("every socket of the local cloud listens on 127.0.0.1, and on no other address", () => {
  const all = listening();
  expect(all.length).toBeGreaterThanOrEqual(5);
  for (const socket of all) expect(socket).toMatch(/^tcp 0100007F:[0-9A-F]{4}$/);
});

describe("without its token, or with another", () => {
  const wrong = { none: {}, another: { authorization: `Basic ${Buffer.from(":wrong").toString("base64")}` } };
  const { azureDevOps, azure } = { azureDevOps: "/mlops/_apis/git/repositories", azure: "/subscriptions" };

  test.each(Object.entries(wrong))("%s: Azure DevOps answers 401", async (_, headers) => {
    const { orgServiceUrl } = localCloud().azureDevOps;
    expect((await ask(orgServiceUrl, new URL(orgServiceUrl).pathname + azureDevOps, headers)).status).toBe(401);
  });

  test.each(Object.entries(wrong))("%s: Azure answers 401", async (_, headers) => {
    const { url, subscriptionId } = localCloud().azure;
    const path = `${azure}/${subscriptionId}/resourceGroups?api-version=2024-03-01`;
    expect((await ask(url, path, headers)).status).toBe(401);
  });
});

describe("a path that leads out of its directory is refused, and shows nothing", () => {
  const out = [
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "../../../../etc/passwd",
    "%2e%2e/%2e%2e/settings.json",
    "%2fetc%2fpasswd",
  ];
  const project = "/local/mlops";
  const places = (path: string): [string, () => string, string][] => [
    ["a repository", () => localCloud().azureDevOps.url, `${project}/_apis/git/repositories/${path}/items?path=/`],
    [
      "a file of a repository",
      () => localCloud().azureDevOps.url,
      `${project}/_apis/git/repositories/diabetes_regression/items?path=/${path}`,
    ],
    ["a log", () => localCloud().azureDevOps.url, `${project}/_apis/build/builds/1/logs/${path}`],
    ["a run", () => localCloud().azureDevOps.url, `${project}/_apis/build/builds/${path}`],
    [
      "a log's page",
      () => localCloud().azureDevOps.url,
      `${project}/_build/results?buildId=1&view=logs&t=${path}&format=text`,
    ],
    ["a file of the pages", () => localCloud().azureDevOps.url, `/_static/${path}`],
    ["a page", () => localCloud().azureDevOps.url, `${project}/_git/${path}`],
    [
      "a resource",
      () => localCloud().azure.url,
      `/subscriptions/${subscriptionId}/resourceGroups/${path}?api-version=2024-03-01`,
    ],
    ["a package", () => localCloud().channel.url, `/conda-forge/${path}`],
    ["a manifest", () => `http://${localCloud().registry.public}`, `/v2/${path}/manifests/latest`],
    ["a blob", () => `http://${localCloud().registry.public}`, `/v2/mambaorg/micromamba/blobs/${path}`],
    ["an upload", () => `http://${localCloud().registry.public}`, `/v2/mambaorg/micromamba/blobs/uploads/${path}`],
  ];

  test.each(out.flatMap((path) => places(path)))("%s: %#", async (_, base, path) => {
    const token = readCloudSettings(layoutOf(localCloudDirectory()))?.personalAccessToken ?? "";
    const authorization = `Basic ${Buffer.from(`:${token}`).toString("base64")}`;
    const { status, body } = await ask(base(), path, { authorization });
    expect(status).toBeGreaterThanOrEqual(300);
    expect(status).toBeLessThan(500);
    expect(body).not.toMatch(/root:.*:0:0:/);
    expect(body).not.toContain(token);
  });
});
