import fc from "fast-check";
import { isRepository } from "../../../src/image/reference";
import {
  environmentNameRule,
  type NameRule,
  pipelineFolderRule,
  registryNameRule,
  repositoryNameRule,
  resourceGroupNameRule,
  serviceConnectionNameRule,
  stackNameRule,
  tagRule,
  workspaceNameRule,
} from "../../../src/rules/names";
import { imageTags } from "../../../src/rules/tags";
import { stackNameOf } from "../../../src/settings/schema";

const rules: [string, NameRule][] = [
  ["registry", registryNameRule],
  ["resource group", resourceGroupNameRule],
  ["workspace", workspaceNameRule],
  ["repository", repositoryNameRule],
  ["tag", tagRule],
  ["service connection", serviceConnectionNameRule],
  ["pipeline folder", pipelineFolderRule],
  ["environment", environmentNameRule],
  ["stack", stackNameRule],
];

/** Texts that are likely to be near a rule: of the characters that rules are about, and of any. */
const texts = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."abZ09_.-/\\ "), maxLength: 130 }),
  fc.string({ unit: "binary", maxLength: 40 }),
);

describe.each(rules)("a name of a %s", (what, { pattern }) => {
  test("has no character that a shell, YAML, a URL, HTML or an agent would take for more than data", () => {
    fc.assert(
      fc.property(texts, (text) => {
        if (!pattern.test(text)) return;
        // Folders of pipelines have spaces and backslashes, resource groups letters of all scripts and round brackets.
        const harmless = {
          "pipeline folder": /^[^/:*?"<>|;#$@&%+\p{Cc}]*$/u,
          "resource group": /^[\p{L}\p{N}_().-]*$/u,
        };
        expect(text).toMatch(Object.entries(harmless).find(([name]) => name === what)?.[1] ?? /^[\w./-]*$/);
      }),
      { numRuns: 3000 },
    );
  });

  test("is nothing else with a character more that names cannot have, wherever it is", () => {
    const valid = fc.stringMatching(/^[a-z]{6,30}$/).map((name) => (what === "pipeline folder" ? `\\${name}` : name));
    // Azure DevOps takes a backtick in a folder.
    const more = what === "pipeline folder" ? [] : ["`"];
    const foreign = fc.constantFrom(...more, ...'\n\r\t\0\u001b"$;|&<>*?#%@:');
    fc.assert(
      fc.property(valid, foreign, fc.nat(), (name, character, place) => {
        expect(name).toMatch(pattern);
        const at = place % (name.length + 1);
        expect(name.slice(0, at) + character + name.slice(at)).not.toMatch(pattern);
      }),
    );
  });
});

test("a repository's name is one to those who read it as well", () => {
  fc.assert(
    fc.property(texts, (text) => {
      if (repositoryNameRule.pattern.test(text)) expect(isRepository(text)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("a repository with an environment's name behind it is a repository, if there is room", () => {
  const repositories = fc.stringMatching(/^[a-z0-9]{1,8}([._/-][a-z0-9]{1,8}){0,3}$/);
  const names = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,3}$/);
  fc.assert(
    fc.property(repositories, names, (repository, name) => {
      expect(name).toMatch(environmentNameRule.pattern);
      expect(`${repository}/${name}`).toMatch(repositoryNameRule.pattern);
    }),
  );
});

test("a stack's name has base and environment in it, whatever they look like", () => {
  const part = fc.oneof(fc.stringMatching(/^[\w.-]{1,20}$/), fc.constantFrom("{base}", "$&", "$1", "{environment}"));
  fc.assert(
    fc.property(part, part, (base, environment) => {
      fc.pre(!environment.includes("{base}"));
      expect(stackNameOf("a-{environment}-b", base, environment)).toBe(`a-${environment}-b`);
      expect(stackNameOf("{base}", base, environment)).toBe(base);
    }),
  );
});

describe("the tags of an image", () => {
  const values = fc.option(texts, { nil: undefined });

  test("are valid and different, or there is an error that names the one that is not", () => {
    fc.assert(
      fc.property(values, values, values, (build, amlSdk, release) => {
        const wanted = [
          ["build", build],
          ["amlsdk", amlSdk],
          ["release", release],
        ].flatMap(([prefix, value]) => (value ? [`${prefix}-${value}`] : []));
        const wrong = wanted.find((tag) => !tagRule.pattern.test(tag));
        const make = () => imageTags({ build, amlSdk, release });
        if (wrong !== undefined) return expect(make).toThrow(`"${wrong}" is not a tag`);
        const { tags, leftOut } = make();
        expect(tags).toEqual(["latest", ...wanted]);
        expect(new Set(tags).size).toBe(tags.length);
        expect(tags.length + leftOut.length).toBe(4);
      }),
      { numRuns: 1000 },
    );
  });
});
