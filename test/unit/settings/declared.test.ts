import { readFileSync } from "node:fs";
import ts from "typescript";
import { parse } from "yaml";
import * as z from "zod";
import { branchSettingsSchema, settingsSchema } from "../../../src/settings/schema";
import type { SettingsArgs } from "../../../src/settings-args";

/** An argument that is no setting of this program's: it goes for a setting of the provider's. */
const notASetting = "organizationUrl";

/** The schema of each setting. */
const settings: Record<string, z.ZodType> = {
  ...settingsSchema.shape,
  branchEnvironment: settingsSchema.shape.branchEnvironment.or(branchSettingsSchema.shape.branchEnvironment),
};
const names = Object.keys(settings);

type JsonSchema = z.core.JSONSchema.JSONSchema;

function jsonSchema(name: string): JsonSchema {
  return z.toJSONSchema(settings[name] ?? z.never(), { io: "input", unrepresentable: "any" });
}

/** A schema and all that are in it. */
function all(schema: JsonSchema): JsonSchema[] {
  const { properties = {}, oneOf = [], anyOf = [], items = [] } = schema;
  const inside = [...Object.values(properties), ...oneOf, ...anyOf, ...[items].flat()];
  return [schema, ...inside.flatMap((one) => (typeof one === "object" ? all(one) : []))];
}

/** The JSON types of a setting. */
function typesOf({ type, oneOf = [], anyOf = [] }: JsonSchema): unknown[] {
  return type ? [type] : [...new Set([...oneOf, ...anyOf].flatMap(typesOf))];
}

/** What a person has to know of a setting: the names of its parts, and the words to choose from. */
function vocabulary(name: string): string[] {
  return all(jsonSchema(name)).flatMap((one) => [
    ...Object.keys(one.properties ?? {}),
    ...(one.enum ?? []).map(String),
    ...(typeof one.const === "string" && one.const !== "" ? [one.const] : []),
  ]);
}

/** What a setting comes to: whether it is valid, and its value then. */
function outcome(name: string, value: unknown) {
  const { success, data } = settings[name]?.safeParse(value) ?? { success: false };
  return { success, data };
}

describe("Pulumi.yaml", () => {
  const declared: Record<string, { type: string; description: string; default: unknown }> = parse(
    readFileSync("Pulumi.yaml", "utf8"),
  ).config;

  test("declares exactly the settings that are read, each with type, description and default", () => {
    expect(Object.keys(declared).sort()).toEqual([...names].sort());
    for (const setting of Object.values(declared)) {
      expect(setting).toEqual({
        type: expect.stringMatching(/^(string|object|array|boolean)$/),
        ...(setting.type === "array" && { items: { type: expect.stringMatching(/^(string|object)$/) } }),
        description: expect.stringMatching(/\w.*\.$/s),
        default: expect.anything(),
      });
    }
  });

  test.each(names)("%s has the type that is read", (name) => {
    expect([declared[name]?.type]).toEqual(typesOf(jsonSchema(name)));
  });

  test.each(names)("%s has the default of the schema, or an empty one where it has to be set", (name) => {
    expect(outcome(name, declared[name]?.default)).toEqual(outcome(name, undefined));
  });

  test.each(names)("%s: its parts and the words to choose from are described", (name) => {
    for (const word of vocabulary(name)) expect(declared[name]?.description).toMatch(new RegExp(`\\b${word}\\b`));
  });
});

describe("docs/settings.md", () => {
  const rows = new Map(
    readFileSync("docs/settings.md", "utf8")
      .split("\n")
      .flatMap((line): [string, { what: string; byDefault: string }][] => {
        const [, name, what = "", byDefault = ""] = /^\| `([^`:]+)` \| (.+) \| (.+) \|$/.exec(line) ?? [];
        return name === undefined ? [] : [[name, { what, byDefault }]];
      }),
  );

  test("has a row for each setting that is read, and for no other", () => {
    expect([...rows.keys()].sort()).toEqual([...names].sort());
  });

  test.each(names)("%s: its parts and the words to choose from are named", (name) => {
    for (const word of vocabulary(name)) expect(rows.get(name)?.what).toMatch(new RegExp(`\\b${word}\\b`));
  });

  test.each(names)("%s has the default of the schema", (name) => {
    const { byDefault } = rows.get(name) ?? {};
    const { success, data } = outcome(name, undefined);
    if (!success) expect(byDefault).toMatch(/^required(;|$)/);
    else if (typeof data === "string" || typeof data === "boolean") expect(byDefault).toBe(`\`${data}\``);
    else if (Array.isArray(data)) expect(byDefault).toBe(`\`[${data.join(", ")}]\``);
    else expect(byDefault).not.toMatch(/^required/);
    for (const part of all(jsonSchema(name)).slice(1)) {
      if (typeof part.default === "string") expect(byDefault).toContain(`\`${part.default}\``);
    }
  });
});

describe("the program's arguments", () => {
  const file = "src/settings-args.ts";
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const written = source.statements.find(
    (one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text === "SettingsArgs",
  );

  test("are exactly the settings, each with its explanation", () => {
    const members = written?.members ?? [];
    expect(members.map((one) => one.name?.getText(source)).sort()).toEqual([...names, notASetting].sort());
    for (const member of members) expect(member.getFullText(source)).toMatch(/\/\*\*[\s*]+\w.*\.(?: \*\/|\n)/s);
  });

  test.each(names)("%s has the default of the schema in its explanation", (name) => {
    const member = written?.members.find((one) => one.name?.getText(source) === name);
    const explanation = member?.getFullText(source) ?? "";
    const { success, data } = outcome(name, undefined);
    if (!success && member?.questionToken === undefined) return;
    const words = [data].flat().filter((one) => typeof one === "string" || typeof one === "boolean");
    expect(explanation).toContain("Default: ");
    for (const word of words) expect(explanation).toContain(`\`${word}\``);
  });

  test("take the values that the settings take", () => {
    type Settings = Omit<z.input<typeof settingsSchema>, "branchEnvironment">;
    type Args = Omit<SettingsArgs, "branchEnvironment" | typeof notASetting>;
    const both = <A extends B, B extends C, C = A>(): [A?, B?] => [];
    expect(both<Settings, Args, Settings>()).toEqual([]); // the type check fails where one has what the other has not
  });
});
