import { readFileSync } from "node:fs";
import * as z from "zod";
import { packageSchema } from "../../../plugin/schema/schema";

const described = z.looseObject({ description: z.string().min(1) });
const property = described.extend({
  plain: z.literal(true).optional(),
  $ref: z.string().optional(),
  items: z.looseObject({ $ref: z.string().optional() }).optional(),
});
const schemaForm = z.looseObject({
  types: z.record(
    z.string(),
    described.extend({
      properties: z.record(z.string(), property).optional(),
      required: z.array(z.string()).optional(),
      enum: z.array(described.extend({ name: z.string(), value: z.string() })).optional(),
    }),
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

test("every argument says its default, or that it has to be set", () => {
  const silent: string[] = [];
  let said = 0;
  const read = (where: string, properties: typeof component.inputProperties, required: string[]) => {
    for (const [name, { description, $ref, items }] of Object.entries(properties)) {
      const path = `${where}.${name}`;
      said++;
      if (!required.includes(name) && !/ Default: |^Default: |It has to be set\.$|^Required if/.test(description))
        silent.push(path);
      const type = schema.types[($ref ?? items?.$ref ?? "").replace("#/types/", "")];
      if (type?.properties) read(path, type.properties, type.required ?? []);
    }
  };
  read("args", component.inputProperties, component.requiredInputs);
  expect(silent).toEqual([]);
  expect(said).toBeGreaterThan(50);
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
  expect(Registry?.properties?.name?.description).toMatch(
    /^Required if the kind is `new`: .* Required if the kind is `existing`: /,
  );
  expect(RegistryKind?.enum?.map(({ value }) => value)).toEqual(["new", "workspace", "existing"]);
});

test("what may be a number or a text is a text, of which the settings take both", () => {
  expect(schema.types["mlops:index:ModelPipeline"]?.properties?.adopt).toMatchObject({ type: "string" });
});
