import { readFileSync } from "node:fs";
import * as z from "zod";

/*
 * Where the tests run there is no compiler for C#: what the example names is compared with what the package has, whose
 * names begin with a capital in C#.
 */
const named = z.record(z.string(), z.looseObject({}));
const { types, resources } = z
  .object({
    types: z.record(
      z.string(),
      z.object({ properties: named.optional(), enum: z.array(z.object({ name: z.string() })).optional() }),
    ),
    resources: z.record(z.string(), z.object({ properties: named, inputProperties: named })),
  })
  .parse(JSON.parse(readFileSync("plugin/schema.json", "utf8")));

const component = resources["mlops:index:JobContainer"];
const outputs = Object.keys(component?.properties ?? {});
const text = readFileSync("examples/csharp-program/Program.cs", "utf8");

/** The names of an object's properties in C#. */
function argumentsOf(type: string): string[] {
  const properties = type === "JobContainer" ? component?.inputProperties : types[`mlops:index:${type}`]?.properties;
  return Object.keys(properties ?? {}).map(capital);
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** What is between the first brace and the one that closes it, without what is in braces inside. */
function ownPart(block: string): string {
  const inside = block.slice(block.indexOf("{") + 1);
  let [depth, own] = [1, ""];
  for (const character of inside) {
    if (character === "}") depth--;
    if (depth === 0) return own;
    if (depth === 1) own += character;
    if (character === "{") depth++;
  }
  throw new Error(`a brace is open: ${block}`);
}

test("each object of arguments sets what its type has", () => {
  const objects = [...text.matchAll(/new (\w+)Args\b/g)].map(({ 1: type = "", index }) => ({
    type,
    set: [...ownPart(text.slice(index)).matchAll(/(\w+) = /g)].map(([, name]) => name),
  }));
  expect(objects.map(({ type }) => type)).toEqual(["JobContainer", "Repository", "Registry", "ModelPipeline"]);
  for (const { type, set } of objects) {
    expect(set).not.toEqual([]);
    expect(argumentsOf(type)).toEqual(expect.arrayContaining(set));
  }
});

test("the words that are chosen are of their enumerations", () => {
  const chosen = [...text.matchAll(/\b(\w+(?:Kind|Policy))\.(\w+)/g)];
  expect(chosen).toHaveLength(3);
  for (const [, type, word] of chosen) {
    expect(types[`mlops:index:${type}`]?.enum?.map(({ name }) => name)).toContain(word);
  }
});

test("what is read of the component is one of its outputs, and all that a base environment has is put out", () => {
  const read = [...text.matchAll(/jobContainer\.(\w+)/g)].map(([, name]) => name);
  expect(outputs.map(capital)).toEqual(expect.arrayContaining(read));
  const quoted = [...text.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  const besides = ["infrastructurePipeline", "azureMlEnvironment", "stackOutputs"];
  expect(quoted).toEqual(expect.arrayContaining(outputs.filter((name) => !besides.includes(name))));
});
