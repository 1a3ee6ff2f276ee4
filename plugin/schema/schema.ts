import { join, resolve } from "node:path";
import ts from "typescript";
import { description, license, version } from "../package.json";
import { SchemaTypes } from "./types";
import { wordsIn } from "./words";

const sources = resolve(__dirname, "../../src");

/** What of the sources a schema is made of. */
const files = {
  args: join(sources, "settings-args.ts"),
  outputs: join(sources, "common/outputs.ts"),
  words: [join(sources, "rules/words.ts"), join(sources, "common/platforms.ts")],
};

/** What a component's documentation says first, in every language. */
const about =
  "A project's job container, whole: registry, service connections, image, the pipeline that rebuilds the image and the " +
  "model pipelines that run in it. That of a branch has its own image and its own pipelines; the rest is the base " +
  "environment's. All arguments are plain values: they are checked, and what must exist is looked up, before anything is " +
  "declared.";

/** For languages whose SDKs put out no objects of a package's own types. */
const stackOutputs = {
  description:
    "All of these by their names, as a program in C# or Java puts them out: `export` takes none of their types.",
  type: "object",
  additionalProperties: { $ref: "pulumi.json#/Any" },
};

/**
 * The schema of the component package, made of the docstrings and types of the sources.
 *
 * @throws Error if a type cannot be said in a schema
 */
export function packageSchema(): object {
  const program = ts.createProgram([files.args, files.outputs], {
    strict: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const checker = program.getTypeChecker();
  const words = files.words.flatMap((path) => wordsIn(sourceOf(program, path)));
  const inputs = new SchemaTypes(checker, words, "", true);
  const outputs = new SchemaTypes(checker, words, "Outputs", false);
  const args = inputs.objectOf(typeNamed(program, files.args, "SettingsArgs"));
  const state = outputs.objectOf(typeNamed(program, files.outputs, "StackOutputs"));
  return {
    name: "mlops",
    displayName: "Job container",
    version,
    description,
    license,
    // Packages that are generated from it are whole: in Go with a go.mod, for example.
    meta: { supportPack: true },
    keywords: ["pulumi", "azure-devops", "machine-learning", "kind/component"],
    language: {
      nodejs: { respectSchemaVersion: true, dependencies: { "@pulumi/pulumi": "^3.0.0" } },
      python: { respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { respectSchemaVersion: true, generateResourceContainerTypes: true },
      csharp: { respectSchemaVersion: true },
    },
    types: sorted({ ...inputs.types, ...outputs.types }),
    resources: {
      "mlops:index:JobContainer": {
        isComponent: true,
        description: about,
        properties: { ...state.properties, stackOutputs },
        required: [...state.required, "stackOutputs"],
        inputProperties: args.properties,
        requiredInputs: args.required,
      },
    },
  };
}

function sourceOf(program: ts.Program, path: string): ts.SourceFile {
  const source = program.getSourceFile(path);
  if (!source) throw new Error(`${path} is not read`);
  return source;
}

function typeNamed(program: ts.Program, path: string, name: string): ts.Type {
  const declaration = sourceOf(program, path).statements.find(
    (one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text === name,
  );
  if (!declaration) throw new Error(`${path} has no interface ${name}`);
  return program.getTypeChecker().getTypeAtLocation(declaration);
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}
