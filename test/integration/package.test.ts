import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { baseImageRecipe } from "../../local-cloud/base-image";
import { version } from "../../local-cloud/package.json";
import { launchersRecipe } from "../../local-cloud/toolchain/launchers";
import { npmInTurn } from "../support/npm-in-turn";

const packed = z.tuple([
  z.object({
    filename: z.string(),
    size: z.number(),
    files: z.array(z.object({ path: z.string(), mode: z.number() })),
  }),
]);

/** The package as a team gets it: packed here, and installed where nothing else is. */
let folder: string;
let tarball: z.output<typeof packed>[0];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
  // What `prepack` prints comes before.
  const printed = npmInTurn(
    "pack",
    "--workspace",
    "local-cloud",
    "--pack-destination",
    folder,
    "--json",
    "--loglevel",
    "error",
  );
  [tarball] = packed.parse(JSON.parse(printed.slice(printed.indexOf("["))));
  mkdirSync(join(folder, "team"));
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", join(folder, tarball.filename)];
  execFileSync("npm", install, { cwd: join(folder, "team"), stdio: "ignore" });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the installed command in the team's folder, with nothing of this repository in its environment. */
function localCloud(...args: string[]): { code: number; output: string } {
  const command = join(folder, "team/node_modules/.bin/local-cloud");
  try {
    const env = { PATH: process.env.PATH, HOME: folder };
    return {
      code: 0,
      output: execFileSync(command, args, { cwd: join(folder, "team"), env, encoding: "utf8", stdio: "pipe" }),
    };
  } catch (error) {
    const { status, stdout, stderr } = z
      .object({ status: z.number(), stdout: z.string(), stderr: z.string() })
      .parse(error);
    return { code: status, output: stdout + stderr };
  }
}

test("the package has its programs as JavaScript, what they read, and nothing else", () => {
  const paths = tarball.files.map(({ path }) => path);
  expect(paths.filter((path) => !path.startsWith("dist/toolchain/go/")).sort()).toEqual([
    "README.md",
    "cli/local-cloud.js",
    ...["az.js", "azure-native.js", "base-image/micromamba.py", "base-image/requirements.txt"].map(
      (path) => `dist/${path}`,
    ),
    ...["make_channel.py", "packages.json", "requirements.txt"].map((name) => `dist/channel/${name}`),
    ...["docker-cli.js", "docker.js", "dynamic-provider.js"].map((name) => `dist/${name}`),
    ...["helper.js", "language-host.js", "main.js"].map((name) => `dist/${name}`),
    ...["icon.svg", "live.js", "pages.css"].map((name) => `dist/pages/static/${name}`),
    ...["recipes.json", "supervisor.js"].map((name) => `dist/${name}`),
    "package.json",
  ]);
  const go = paths.filter((path) => path.startsWith("dist/toolchain/go/"));
  expect(go).toEqual(expect.arrayContaining(["pulumi", "registry"].map((name) => `dist/toolchain/go/${name}/go.sum`)));
  expect(go.filter((path) => !/\.(?:go|mod|sum|md)$/.test(path))).toEqual([]);
  expect(tarball.size).toBeLessThan(1_200_000);
});

test("the command says what it can do, and of which version it is", () => {
  expect(localCloud("--help")).toMatchObject({ code: 0, output: expect.stringContaining("Usage: local-cloud") });
  expect(localCloud("--version")).toEqual({ code: 0, output: `${version}\n` });
});

test("the command says where it looks for a local cloud, once there is a repository", () => {
  expect(localCloud("status")).toMatchObject({ code: 1, output: expect.stringContaining("is in no Git repository") });
  execFileSync("git", ["init", "--quiet", join(folder, "team")]);
  expect(localCloud("status")).toEqual({
    code: 3,
    output: `The local cloud in ${join(folder, "team/.local-cloud")} does not run.\n`,
  });
});

test("what is made once per machine is what the sources make, so that both share it", () => {
  const file = join(folder, "team/node_modules/local-cloud/dist/recipes.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    launchers: launchersRecipe(),
    "base-image x64": baseImageRecipe("x64"),
    "base-image arm64": baseImageRecipe("arm64"),
  });
});
