import * as pulumi from "@pulumi/pulumi";
import { ContainerImage, type ContainerImageArgs } from "../../../components/container-image";
import { ContainerRegistry } from "../../../components/container-registry";
import { pinImage } from "../../../src/lookups/base-image";
import type { EnvironmentDefinition } from "../../../src/rules/environment-definition";
import { type MockCloud, only, refusal, registered, secret } from "../support/mock-cloud";
import { value } from "../support/output";
import { tokenExchange } from "../support/token-exchange";

const imageType = "docker-build:index:Image";
const digest = `sha256:${"a".repeat(64)}`;

const registryAddress = tokenExchange();

const cloud: MockCloud = {
  outputs: { [imageType]: { digest } },
  functions: {
    "azure-native:resources:getResource": { properties: {} },
    "azure-native:authorization:getClientToken": { token: "azure-token" },
  },
};

const definition: EnvironmentDefinition = {
  dockerfile: "docker/Dockerfile",
  baseImage: "base:1@sha256:b",
  condaFile: "docker/ci_dependencies.yml",
  condaChannel: "conda-forge",
};

async function build(args: Partial<ContainerImageArgs> = {}) {
  const built: ContainerImage[] = [];
  const resources = await registered(cloud, async () => {
    const source = {
      kind: "existing",
      id: "id",
      name: "acr",
      resourceGroup: "rg",
      loginServer: registryAddress(),
    } as const;
    built.push(
      new ContainerImage("image", {
        registry: new ContainerRegistry("acr", { source, resourceGroup: "rg" }),
        repository: "mlops/diabetes_regression",
        definition,
        sourceUrl: "https://dev.azure.com/contoso/mlops/_git/diabetes",
        revision: "0123abc",
        tagValues: { build: "7", amlSdk: "1.20.0", release: "3.0.0" },
        tenantId: "tenant",
        ...args,
      }),
    );
  });
  const [image] = built;
  if (!image) throw new Error("nothing was built");
  return { image, resource: only(resources, imageType) };
}

test("what a failed build says is looked at", async () => {
  expect((await build()).resource.hooks.onError).toEqual(["builder of image"]);
});

test("an image that was pushed gets its SBOM", async () => {
  const { afterCreate, afterUpdate } = (await build()).resource.hooks;
  expect([afterCreate, afterUpdate]).toEqual([["SBOM of image"], ["SBOM of image"]]);
});

test("it is built for the platforms of its definition", async () => {
  const platforms = ["linux/arm64", "linux/amd64"] as const;
  const { image, resource } = await build({ definition: { ...definition, platforms: [...platforms] } });
  expect(resource.inputs.platforms).toEqual(platforms);
  expect(image.platforms).toEqual(platforms);
});

test("the image is built from the Dockerfile and the pinned base image, and pushed under all its tags", async () => {
  const { resource } = await build();
  const repository = `${registryAddress()}/mlops/diabetes_regression`;
  expect(resource).toMatchObject({
    name: "image",
    parent: "mlops:index:ContainerImage",
    inputs: {
      context: { location: "docker" },
      dockerfile: { location: "docker/Dockerfile" },
      buildArgs: {
        BASE_IMAGE: "base:1@sha256:b",
        CONDA_FILE: "ci_dependencies.yml",
        CONDA_CHANNEL: "conda-forge",
      },
      platforms: ["linux/amd64"],
      tags: [
        `${repository}:latest`,
        `${repository}:build-7`,
        `${repository}:amlsdk-1.20.0`,
        `${repository}:release-3.0.0`,
      ],
      push: true,
      buildOnPreview: false,
    },
  });
  expect(resource.inputs).not.toHaveProperty("builder");
  expect(resource.inputs.context).not.toHaveProperty("named");
});

test("a conda file is named as the build knows it: from the Dockerfile's folder", async () => {
  const { resource } = await build({
    definition: {
      ...definition,
      dockerfile: "images/ci/Dockerfile",
      condaFile: "images/ci/environments/tensorflow.yml",
    },
  });
  expect(resource.inputs).toMatchObject({
    context: { location: "images/ci" },
    buildArgs: { CONDA_FILE: "environments/tensorflow.yml" },
  });
});

test("a folder of lock files takes the place of the Dockerfile's stage lock", async () => {
  const { resource } = await build({ definition: { ...definition, lockFolder: "locks" } });
  expect(resource.inputs.context).toEqual({ location: "docker", named: { lock: { location: "locks/docker" } } });
});

test("its files are where the program finds them, and its Dockerfile gets the build arguments that it declares", async () => {
  const files = {
    ...{ context: "..", dockerfile: ".job-container/docker/Dockerfile", lockFolder: "../locks/docker" },
    arguments: new Set(["CONDA_FILE", "OTHER"]),
  };
  const { resource } = await build({ definition: { ...definition, lockFolder: "locks" }, files });
  expect(resource.inputs).toMatchObject({
    context: { location: "..", named: { lock: { location: "../locks/docker" } } },
    dockerfile: { location: ".job-container/docker/Dockerfile" },
  });
  expect(resource.inputs.buildArgs).toEqual({ CONDA_FILE: "ci_dependencies.yml" });
});

test("its labels say where it is from", async () => {
  const { resource } = await build();
  expect(resource.inputs.labels).toEqual({
    "org.opencontainers.image.source": "https://dev.azure.com/contoso/mlops/_git/diabetes",
    "org.opencontainers.image.revision": "0123abc",
    "org.opencontainers.image.version": "3.0.0",
  });
});

test("what it is built from is kept in its repository, in the form that Azure's registries take", async () => {
  const { resource } = await build();
  const ref = `${registryAddress()}/mlops/diabetes_regression:cache`;
  expect(resource.inputs.cacheFrom).toEqual([{ registry: { ref } }]);
  expect(resource.inputs.cacheTo).toEqual([
    { registry: expect.objectContaining({ ref, mode: "max", imageManifest: true, ociMediaTypes: true }) },
  ]);
});

test("what is left out of its tags and labels is said", async () => {
  const said = jest.spyOn(pulumi.log, "info").mockResolvedValue();
  const { image } = await build({ tagValues: { amlSdk: "1.20.0" }, revision: undefined });
  expect(said.mock.calls).toEqual([
    ["no value for build-…, release-…: left out of the tags", image],
    ["no value for revision, version: left out of the labels", image],
  ]);
  said.mockRestore();
});

test("it signs in with a token of the registry's own, which is a secret", async () => {
  const { resource } = await build();
  expect(resource.inputs.registries).toEqual([
    secret({
      address: registryAddress(),
      username: "00000000-0000-0000-0000-000000000000",
      password: "registry-token",
    }),
  ]);
});

test("it is never deleted from the registry", async () => {
  const { resource } = await build();
  expect(resource.retainOnDelete).toBe(true);
});

test("others refer to its digest, never to a tag", async () => {
  const { image } = await build();
  expect(await value(image.reference)).toBe(`${registryAddress()}/mlops/diabetes_regression@${digest}`);
  expect(await value(image.digest)).toBe(digest);
  expect(await value(image.repository)).toBe("mlops/diabetes_regression");
  expect(await value(image.tags)).toEqual(["latest", "build-7", "amlsdk-1.20.0", "release-3.0.0"]);
});

test("a builder can be named", async () => {
  const { resource } = await build({ builder: "kube" });
  expect(resource.inputs.builder).toEqual({ name: "kube" });
});

test("the build can be transformed", async () => {
  const { resource } = await build({ transform: { image: { platforms: ["linux/arm64"] } } });
  expect(resource.inputs).toMatchObject({ platforms: ["linux/arm64"], push: true });
});

test("the base image is pinned to the digest that its registry has, without a Docker daemon", async () => {
  const pinned: string[] = [];
  const resources = await registered(
    { functions: { "docker:index/getRegistryImage:getRegistryImage": ({ name }) => ({ name, sha256Digest: digest }) } },
    async () => {
      pinned.push(await pinImage("mambaorg/micromamba:2"));
    },
  );
  expect(pinned).toEqual([`mambaorg/micromamba:2@${digest}`]);
  expect(only(resources, "pulumi:providers:docker").inputs).toMatchObject({ disableDockerDaemonCheck: "true" });
});

test("a base image that cannot be read is named, with where it was set", async () => {
  const functions = {
    "docker:index/getRegistryImage:getRegistryImage": () => {
      throw refusal("manifest unknown");
    },
  };
  await expect(
    registered({ functions }, async () => {
      await pinImage("mambaorg/none:1");
    }),
  ).rejects.toThrow('the base image "mambaorg/none:1" (argument baseImage) cannot be read: manifest unknown');
});
