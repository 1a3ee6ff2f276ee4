import { join } from "node:path";
import { dataPath } from "../package/files";
import { type GoPart, goPart } from "./build";
import { downloadCli, downloadPlugin } from "./download";
import { nodePart } from "./node-runtime";
import { findPart, type ToolchainPart } from "./part";

/** The parts that programs in other languages than Node's need. */
export type Language = "yaml" | "java" | "sdk";

/** The parts of the toolchain. What each needs to be built is in `go/`. */
export interface Parts {
  pulumi: GoPart;
  plugins: GoPart[];
  buildkitd: GoPart;
  /** BuildKit's client, for the local cloud's agent. */
  buildctl: GoPart;
  registry: GoPart;
  /**
   * What programs in other languages need, for those who have some: the hosts for YAML and Java, and what writes packages
   * and runs programs in other languages.
   */
  languages: Record<Language, GoPart>;
  /** Only where the machine's own Node is too old for Pulumi. */
  node: ToolchainPart | undefined;
}

/** The plugins that are real here, under the versions that the SDKs in `package.json` ask for. */
const azureDevOps = { name: "azuredevops", version: "3.15.0" };
const dockerBuild = { name: "docker-build", version: "0.0.22" };
const pulumiVersion = "3.259.0";
const buildkitVersion = "0.34.2";
const yamlVersion = "1.38.1";
const javaVersion = "1.34.0";

/** The table of parts; reading it is reading their recipes, so a changed recipe is another part. */
export function listParts(cache: string): Parts {
  const pulumi = pulumiPart();
  const findCli = () => findPart(pulumi, cache) ?? "";
  return {
    pulumi,
    plugins: [
      {
        ...goPart({
          ...azureDevOps,
          folder: goFolder("azuredevops"),
          package: "./pulumi-resource-azuredevops",
          executable: "pulumi-resource-azuredevops",
          generate: true,
        }),
        download: downloadPlugin(azureDevOps.name, azureDevOps.version, findCli),
      },
      {
        ...goPart({
          ...dockerBuild,
          folder: goFolder("docker-build"),
          package: "github.com/pulumi/pulumi-docker-build/provider/cmd/pulumi-resource-docker-build",
          executable: "pulumi-resource-docker-build",
          ldflags: `-X github.com/pulumi/pulumi-docker-build/provider.Version=${dockerBuild.version}`,
        }),
        download: downloadPlugin(dockerBuild.name, dockerBuild.version, findCli),
      },
    ],
    buildkitd: buildkitPart("buildkitd"),
    buildctl: buildkitPart("buildctl"),
    registry: goPart({
      name: "registry",
      version: "3.1.2",
      folder: goFolder("registry"),
      package: ".",
      executable: "registry",
    }),
    languages: {
      yaml: goPart({
        name: "pulumi-language-yaml",
        version: yamlVersion,
        folder: goFolder("languages"),
        package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
        executable: "pulumi-language-yaml",
        ldflags: `-X github.com/pulumi/pulumi-yaml/pkg/version.Version=${yamlVersion}`,
      }),
      java: goPart({
        name: "pulumi-language-java",
        version: javaVersion,
        folder: goFolder("languages"),
        package: "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java",
        executable: "pulumi-language-java",
        ldflags: `-X github.com/pulumi/pulumi-java/pkg/version.Version=${javaVersion}`,
      }),
      sdk: goPart({
        name: "pulumi-sdk",
        version: pulumiVersion,
        folder: goFolder("languages"),
        package: "./pulumi-sdk",
        executable: "pulumi-sdk",
        generate: true,
      }),
    },
    node: nodePart(process.versions.node),
  };
}

/** The CLI, which has the engine in it. */
function pulumiPart(): GoPart {
  const cli = goPart({
    name: "pulumi",
    version: pulumiVersion,
    folder: goFolder("pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    executable: join("bin", "pulumi"),
    ldflags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`,
  });
  return { ...cli, download: downloadCli(pulumiVersion) };
}

function buildkitPart(name: "buildkitd" | "buildctl"): GoPart {
  return goPart({
    name,
    version: buildkitVersion,
    folder: goFolder("buildkit"),
    package: `github.com/moby/buildkit/cmd/${name}`,
    executable: name,
    ldflags: `-X github.com/moby/buildkit/version.Version=v${buildkitVersion}`,
  });
}

/** Where a part's Go module is. */
export function goFolder(name: string): string {
  return dataPath(`toolchain/go/${name}`);
}
