import { leftOutputs, missingOutputs, stackOutputs } from "../../../src/common/outputs-schema";

const pipeline = { id: "1", name: "model", url: "https://dev.azure.com/contoso/mlops/_build?definitionId=1" };

const outputs = {
  registry: { name: "acr", loginServer: "acr.azurecr.io", id: "/subscriptions/1/acr" },
  image: { repository: "mlops", digest: "sha256:1", reference: "acr.azurecr.io/mlops@sha256:1", tags: ["latest"] },
  serviceConnection: { id: "2", name: "acrconnection" },
  imageBuildPipeline: pipeline,
  modelPipelines: [{ ...pipeline, path: "pipelines/model-ci.yml" }],
};

test("a stack may have one connection for both pipelines and no infrastructure pipeline", () => {
  expect(stackOutputs.parse(outputs)).toEqual(outputs);
});

test("what a program in another language has put out as null is absent", () => {
  const absent = { resourceGroup: null, pushConnection: null, infrastructurePipeline: null, azureMlEnvironment: null };
  const nothing = {
    registry: { ...outputs.registry, owned: null },
    modelPipelines: [{ ...pipeline, path: "p", adopted: null }],
  };
  const parsed = stackOutputs.parse({ ...outputs, ...absent, ...nothing });
  expect(parsed).toEqual({ ...outputs, modelPipelines: [{ ...pipeline, path: "p" }] });
  expect(leftOutputs.parse(absent)).toEqual({});
});

test("outputs of a newer version of the program are no mistake", () => {
  expect(stackOutputs.parse({ ...outputs, another: 1 })).toEqual(outputs);
});

test("outputs that are not there, or are something else, are named once each", () => {
  const { error } = stackOutputs.safeParse({ ...outputs, registry: undefined, image: { tags: "latest" } });
  expect(error && missingOutputs(error)).toEqual(["registry", "image"]);
});
