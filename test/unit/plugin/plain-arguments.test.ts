import * as pulumi from "@pulumi/pulumi";
import { plainArguments } from "../../../plugin/plain-arguments";

beforeAll(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));

test("what is known is taken as it is, wherever it comes from", async () => {
  const inputs = { project: "mlops", registry: pulumi.output({ kind: "existing", name: pulumi.output("acr") }) };
  expect(await plainArguments(inputs)).toEqual({ project: "mlops", registry: { kind: "existing", name: "acr" } });
});

test("a secret is refused by the argument's name: it would be in plain text in resources", async () => {
  const inputs = { project: "mlops", registry: { kind: "new", name: pulumi.secret("hidden") } };
  await expect(plainArguments(inputs)).rejects.toThrow(
    "argument registry.name is a secret, and would be in plain text in resources: pass one that is none",
  );
});

test("so is what only an update will know", async () => {
  const inputs = { project: pulumi.runtime.unknownValue, modelPipelines: [{ path: pulumi.runtime.unknownValue }] };
  await expect(plainArguments(inputs)).rejects.toThrow(
    /argument project is known only after an update.*\nargument modelPipelines\.0\.path is known only/,
  );
});
