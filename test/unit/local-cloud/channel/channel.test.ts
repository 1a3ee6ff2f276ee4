import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import packages from "../../../../local-cloud/channel/packages.json";
import { serveChannel } from "../../../../local-cloud/channel/serve";
import { listedWheels, rounds } from "../../../../local-cloud/channel/wheels";

const docker = join(__dirname, "../../../../docker");

/** The pins of a conda file, as `name` to `version`. */
function pinsOf(file: string): Map<string, string> {
  const { dependencies }: { dependencies: unknown[] } = parse(readFileSync(join(docker, file), "utf8"));
  const pins = dependencies.filter((entry) => typeof entry === "string" && entry.includes("="));
  return new Map(
    pins.map((entry): [string, string] => [`${entry}`.split("=")[0] ?? "", `${entry}`.split("=")[1] ?? ""]),
  );
}

describe("the local cloud's channel", () => {
  const wheels = listedWheels();
  const versionsOf = (name: string) =>
    [...packages.standIns, ...wheels].filter((entry) => entry.name === name).map(({ version }) => version);

  it.each(["ci_dependencies.yml", "conda_dependencies.yml", "conda_dependencies_scoring.yml"])(
    "has every package of %s, in the pinned version",
    (file) => {
      const { python, ...pins } = Object.fromEntries(pinsOf(file));
      expect(python).toBe("3.11");
      for (const [name, version] of Object.entries(pins))
        expect([name, versionsOf(name)]).toEqual([name, expect.arrayContaining([version])]);
    },
  );

  it("has two versions of libraries, one of which another package rules out", () => {
    expect(versionsOf("numpy")).toEqual(["1.26.4", "2.4.6"]);
    expect(versionsOf("scikit-learn")).toEqual(["1.4.2", "1.9.1"]);
    expect(packages.standIns.find(({ name }) => name === "tensorflow")?.depends).toContain("numpy >=1.26,<2.0a0");
  });

  it("has packages in both of conda's formats", () => {
    expect(packages.wheels.flatMap((entry) => ("format" in entry ? entry.format : []))).toEqual(["tar.bz2"]);
  });

  it("is made of wheels that are known by their hashes, for one platform or for two", () => {
    for (const { name, sha256 } of wheels) expect([name, [1, 2].includes(sha256.length)]).toEqual([name, true]);
    const all = wheels.flatMap(({ sha256 }) => sha256);
    expect(new Set(all).size).toBe(all.length);
  });

  it("asks pip for one version of a project at a time", () => {
    const names = rounds(wheels).map((round) => round.map(({ name }) => name));
    expect(names.flat().sort()).toEqual(wheels.map(({ name }) => name).sort());
    expect(names).toHaveLength(2);
    for (const round of names) expect(new Set(round).size).toBe(round.length);
  });
});

describe("the conda files", () => {
  it("agree on every version", () => {
    const ci = pinsOf("ci_dependencies.yml");
    for (const file of ["conda_dependencies.yml", "conda_dependencies_scoring.yml"])
      for (const [name, version] of pinsOf(file)) expect([file, name, ci.get(name)]).toEqual([file, name, version]);
  });
});

describe("the channel's server", () => {
  const directory = mkdtempSync(join(tmpdir(), "channel-"));
  mkdirSync(join(directory, "channel/noarch"), { recursive: true });
  writeFileSync(join(directory, "secret"), "secret");
  writeFileSync(join(directory, "channel/noarch/repodata.json"), '{"packages":{}}');
  symlinkSync(join(directory, "secret"), join(directory, "channel/noarch/link"));
  const server = serveChannel(join(directory, "channel"));
  let address = "";
  beforeAll(async () => {
    address = await server.listen({ host: "127.0.0.1", port: 0 });
  });
  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  /** Asks for a path exactly as it is written; `fetch` would resolve its dots. */
  async function ask(path: string, method = "GET") {
    const { hostname, port } = new URL(address);
    const sent = request({ hostname, port, path, method, agent: false }).end();
    const [response]: IncomingMessage[] = await once(sent, "response");
    return {
      status: response?.statusCode,
      type: response?.headers["content-type"],
      text: response && (await text(response)),
    };
  }

  it("serves the channel's files under its name", async () => {
    const expected = { status: 200, type: "application/json", text: '{"packages":{}}' };
    expect(await ask("/conda-forge/noarch/repodata.json")).toEqual(expected);
  });

  it.each([
    ["a directory", "/conda-forge/noarch"],
    ["a file that is not there", "/conda-forge/noarch/repodata.json.zst"],
    ["another channel", "/bioconda/noarch/repodata.json"],
    ["a path that leads out", "/conda-forge/../secret"],
    ["a path that leads out, encoded", "/conda-forge/%2e%2e%2fsecret"],
    ["a link that leads out", "/conda-forge/noarch/link"],
  ])("answers 404 for %s", async (_, path) => {
    expect(await ask(path)).toMatchObject({ status: 404 });
  });

  it("takes no uploads", async () => {
    expect(await ask("/conda-forge/noarch/repodata.json", "PUT")).toMatchObject({ status: 404 });
  });
});
