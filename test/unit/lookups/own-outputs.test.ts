import { type OwnOutputs, onlyModelPath, ownDefinitions, readOwnOutputs } from "../../../src/lookups/own-outputs";
import { requireOthers } from "../../../src/lookups/own-registry";
import { registered } from "../support/mock-cloud";

/** What a stack put out, as the program reads it. */
async function read(outputs: Record<string, unknown>): Promise<OwnOutputs> {
  const functions = { "pulumi:pulumi:readStackOutputs": ({ name }: Record<string, unknown>) => ({ name, outputs }) };
  const found: OwnOutputs[] = [];
  await registered({ functions }, async () => void found.push(await readOwnOutputs()));
  return found[0] ?? {};
}

const model = (path: string, more = {}) => ({ name: `model ${path}`, path, ...more });

describe("what a destroy that failed has left", () => {
  test("are the definitions that it had not deleted", async () => {
    const own = await read({
      imageBuildPipeline: { name: "image-build" },
      modelPipelines: [model("ci.yml"), model("train.yml", { id: "7", url: "https://a.example/7" })],
    });
    expect(ownDefinitions(own)).toEqual(new Set(["7"]));
    expect(onlyModelPath(own)).toBeUndefined();
  });

  test("is the path of its only model pipeline, though that is gone", async () => {
    expect(onlyModelPath(await read({ modelPipelines: [model("ci.yml")] }))).toBe("ci.yml");
  });

  test("is no registry, where that is gone", async () => {
    const own = await read({ registry: { name: "mlopsacr", owned: true } });
    const id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/mlopsacr";
    const names = { name: "mlopsacr", resourceGroup: "rg", loginServer: "mlopsacr.azurecr.io" };
    expect(() => requireOthers({ kind: "existing", id, ...names }, own, "job-container")).not.toThrow();
  });
});
