import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../src/common/errors";
import { run } from "../../src/common/run";
import { listFiles, recipeHash } from "./cache";
import { explainGoFailure, newsOf } from "./go";
import type { PartContext, ToolchainPart } from "./part";

/** What is built from a Go module and how. */
export interface GoRecipe {
  name: string;
  version: string;
  /** The directory with `go.mod`, `go.sum` and what else the build needs. */
  folder: string;
  /** The main package: an import path of a dependency (`tool` in `go.mod`), or `./…` in the folder. */
  package: string;
  /** Where the executable goes in the part's directory. */
  executable: string;
  /** For `go build -ldflags`, beside those that leave out debugging information. */
  ldflags?: string;
  /** Runs the folder's `go:generate` lines before the build. */
  generate?: boolean;
  /** Builds the package's tests in its place: the executable runs them. */
  tests?: true;
}

/** A part that is built from a Go module. */
export type GoPart = ToolchainPart & Required<Pick<ToolchainPart, "module" | "packages">>;

/**
 * A part that is built from a Go module: without C, without paths of this machine, for this machine's architecture.
 * It is built in a copy of its folder, so that nothing is generated into the source tree.
 */
export function goPart(recipe: GoRecipe): GoPart {
  const { name, version, folder, executable } = recipe;
  const files = listFiles(folder, (path) => /(\.go|(^|\/)go\.(mod|sum))$/.test(path));
  const ldflags = ["-s -w", recipe.ldflags].filter(Boolean).join(" ");
  const targets = recipe.generate ? ["./..."] : [recipe.package];
  return {
    name,
    version,
    executable,
    module: folder,
    recipe: recipeHash(folder, files, [
      ...[recipe.package, executable, `${recipe.generate}`, ldflags, ...faster],
      ...(recipe.tests ? ["tests"] : []),
    ]),
    async packages({ env, signal }) {
      // What is generated is not there yet, which -e does not mind.
      const options = { cwd: folder, env: goEnvironment(env), signal };
      const { lines, code } = await run("go", ["list", "-e", "-deps", "-f", staleFormat, ...targets], options);
      return code === 0 ? lines.filter((line) => line.includes("@")) : undefined;
    },
    async build(directory, context) {
      const work = join(directory, ".work");
      for (const file of files) {
        mkdirSync(dirname(join(work, "source", file)), { recursive: true });
        cpSync(join(folder, file), join(work, "source", file));
      }
      mkdirSync(join(work, "tmp"));
      const go = (args: string[]) => runGo(args, recipe, work, context);
      if (recipe.generate) await go(["generate", "./..."]);
      const command = recipe.tests ? ["test", "-c"] : ["build"];
      await go([...command, "-ldflags", ldflags, "-o", join(directory, executable), recipe.package]);
      rmSync(work, { recursive: true });
    },
  };
}

async function runGo(args: string[], recipe: GoRecipe, work: string, context: PartContext): Promise<void> {
  const counts = { downloading: 0, compiled: 0 };
  const result = await run("go", args, {
    cwd: join(work, "source"),
    env: { ...goEnvironment(context.env), GOTMPDIR: join(work, "tmp") },
    signal: context.signal,
    line(text) {
      const news = newsOf(text);
      if (!news) return;
      counts[news] += 1;
      if (news === "compiled") context.compiled?.(text);
      const downloaded = counts.downloading > 0 ? `${counts.downloading} modules downloaded, ` : "";
      context.detail(`(${downloaded}${counts.compiled} packages compiled)`);
    },
  });
  if (result.code === 0) return;
  throw new UserError(`${recipe.name} ${recipe.version} could not be built: ${explainGoFailure(result)}`);
}

/** A package that is not in the build cache, and the version of its module: `path@version`. Go's own have no version. */
const staleFormat = "{{if .Stale}}{{.ImportPath}}@{{with .Module}}{{.Version}}{{end}}{{end}}";

/**
 * What makes Go's compiler a third faster. The storage clients of Google's cloud, which the CLI and a generator have in
 * them, come without their way through its own network. And functions are not inlined, but in what runs much of the time:
 * Go's library, gRPC and Pulumi. (The last of the patterns that a package matches counts.)
 */
const faster = [
  "-tags=disable_grpc_modules",
  "-gcflags=all=-l",
  ...["std", "google.golang.org/...", "github.com/pulumi/..."].map((pattern) => `-gcflags=${pattern}=`),
];

function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    // Not arguments, so that what `go generate` runs is compiled the same way, and therefore once.
    GOFLAGS: [env.GOFLAGS ?? "", "-trimpath -v -modcacherw", ...faster].join(" "),
    CGO_ENABLED: "0",
    GOOS: "linux",
    GOARCH: process.arch === "x64" ? "amd64" : process.arch,
    GOWORK: "off",
    // A compiler's process is short, and collecting its garbage takes 40 % of a build's time. The limit is for small
    // machines: from there on it is collected.
    GOGC: env.GOGC ?? "off",
    GOMEMLIMIT: env.GOMEMLIMIT ?? "1GiB",
  };
}
