import { readFileSync } from "node:fs";
import { z } from "zod";
import { packageSchema } from "../../../plugin/schema/schema";

const described = z.looseObject({ description: z.string().min(1) });
const property = described.extend({ plain: z.literal(true).optional(), $ref: z.string().optional() });
const schemaForm = z.looseObject({
  types: z.record(
    z.string(),
    described.extend({ properties: z.record(z.string(), property).optional(), enum: z.array(described).optional() }),
  ),
  resources: z.strictObject({
    "mlops:index:JobContainer": described.extend({
      properties: z.record(z.string(), property),
      inputProperties: z.record(z.string(), property),
      requiredInputs: z.array(z.string()),
    }),
  }),
});

const committed: unknown = JSON.parse(readFileSync("plugin/schema.json", "utf8"));
const schema = schemaForm.parse(committed);
const component = schema.resources["mlops:index:JobContainer"];

test("the schema is what the sources make: npm run schema", () => {
  expect(JSON.parse(JSON.stringify(packageSchema()))).toEqual(committed);
});

test("all that is asked for is plain, and says what it is", () => {
  expect(component.requiredInputs).toEqual(["project", "repository", "registry"]);
  for (const input of Object.values(component.inputProperties)) expect(input.plain).toBe(true);
});

test("objects that are told apart by their kind are one, and say which of its properties are for which kind", () => {
  const { Registry, RegistryKind } = Object.fromEntries(
    Object.entries(schema.types).map(([name, type]) => [name.replace("mlops:index:", ""), type]),
  );
  expect(Object.keys(Registry?.properties ?? {})).toEqual(
    expect.arrayContaining(["kind", "name", "sku", "workspace", "resourceGroup"]),
  );
  expect(Registry).toMatchObject({
    required: ["kind"],
    properties: { kind: { $ref: "#/types/mlops:index:RegistryKind" } },
  });
  expect(Registry?.properties?.name?.description).toMatch(/^If the kind is `new`: .* If the kind is `existing`: /);
  expect(RegistryKind?.enum?.map(({ value }) => value)).toEqual(["new", "workspace", "existing"]);
});

test("what may be a number or a text is a text, of which the settings take both", () => {
  expect(schema.types["mlops:index:ModelPipeline"]?.properties?.adopt).toMatchObject({ type: "string" });
});
