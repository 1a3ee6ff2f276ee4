import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation";
import { collectChanges, collectFailure } from "../../../../src/cli/env/comment/changes";
import { renderComment } from "../../../../src/cli/env/comment/render";

/** How the engine writes a secret, and a string that is not known yet. */
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface StateOptions {
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  id?: string;
  retainOnDelete?: boolean;
}

interface StepOptions {
  type?: string;
  name?: string;
  old?: StateOptions;
  new?: StateOptions;
  keys?: string[];
  diffs?: string[];
  detailedDiff?: Record<string, string>;
}

let sequence = 0;

/** A step as the engine reports it before it is taken; in a preview, nothing more comes. */
function step(op: OpType, options: StepOptions = {}): EngineEvent {
  return { ...happened(), resourcePreEvent: { metadata: metadata(op, options), planning: true } };
}

function outputs(op: OpType, options: StepOptions = {}): EngineEvent {
  return { ...happened(), resOutputsEvent: { metadata: metadata(op, options), planning: true } };
}

function diagnostic(severity: string, message: string, urn?: string): EngineEvent {
  // The engine sends more kinds than the type has, as "debug".
  return JSON.parse(JSON.stringify({ ...happened(), diagnosticEvent: { severity, message, urn, color: "never" } }));
}

function happened() {
  sequence += 1;
  return { sequence, timestamp: 0 };
}

function urnOf(type: string, name: string): string {
  return `urn:pulumi:dev::job-container::mlops:index:JobContainer$${type}::${name}`;
}

function metadata(op: OpType, options: StepOptions): StepEventMetadata {
  const { type = "test:index:Thing", name = "thing", keys, diffs, detailedDiff = {} } = options;
  const urn = urnOf(type, name);
  const state = (given?: StateOptions) =>
    given && { type, urn, custom: true, id: "", parent: "", provider: "p", inputs: {}, outputs: {}, ...given };
  const kinds = Object.entries(detailedDiff).map(([path, diffKind]) => [path, { diffKind, inputDiff: true }]);
  // As it comes: null where there is no state, no detail of a difference.
  return JSON.parse(
    JSON.stringify({
      op,
      urn,
      type,
      old: state(options.old) ?? null,
      new: state(options.new) ?? null,
      keys,
      diffs,
      detailedDiff: kinds.length > 0 ? Object.fromEntries(kinds) : null,
      provider: "p",
    }),
  );
}

/** A property's change, without what is the same in most. */
const change = (path: string, kind: string, values: object) => ({
  path,
  kind,
  ...values,
  secret: false,
  replaces: false,
});

test.each<[operation: string, steps: EngineEvent[]]>([
  ["create", [step("create", { new: {} })]],
  ["update", [step("update", { old: {}, new: {} })]],
  ["delete", [step("delete", { old: {} })]],
  ["import", [step("import", { new: {} })]],
  [
    "replace",
    [
      step("create-replacement", { old: {}, new: {} }),
      step("replace", { old: {}, new: {} }),
      step("delete-replaced", { old: {} }),
    ],
  ],
  [
    "replace",
    [
      step("delete-replaced", { old: {} }),
      step("replace", { old: {}, new: {} }),
      step("create-replacement", { old: {}, new: {} }),
    ],
  ],
  ["replace", [step("import-replacement", { old: {}, new: {} })]],
])("a resource is one change, whatever its steps: %s", (operation, steps) => {
  const { resources, unchanged } = collectChanges(steps);
  expect(resources).toMatchObject([{ operation, type: "test:index:Thing", name: "thing" }]);
  expect(unchanged).toBe(0);
});

test("each of several model pipelines is a change of its own, whose name has its file", () => {
  const type = "azuredevops:index/buildDefinition:BuildDefinition";
  const model = (op: OpType, file: string) =>
    step(op, { type, name: `job-container-model-pipelines/${file}`, new: {} });
  const adopted = step("import", { type, name: "job-container-adopted-12", new: {} });
  const changes = collectChanges([model("create", "train.yml"), model("create", "score.yml"), adopted]);
  expect(renderComment([{ title: "dev", changes }], 65_000)).toContain(
    ["train.yml", "score.yml"]
      .map(
        (file) =>
          `| create | <code>azuredevops:index:BuildDefinition</code> | <code>job-container-model-pipelines/${file}</code> |  |`,
      )
      .concat("| import | <code>azuredevops:index:BuildDefinition</code> | <code>job-container-adopted-12</code> |  |")
      .join("\n"),
  );
});

test("what stays, is read or is the engine's own default provider is no change, and only the first two are counted", () => {
  const { resources, unchanged } = collectChanges([
    step("same", { old: {}, new: {} }),
    outputs("same", { old: {}, new: {} }),
    step("read", { name: "other", new: {} }),
    step("create", { type: "pulumi:providers:docker", name: "default_5_2_0", new: {} }),
    step("create", { type: "pulumi:providers:docker", name: "reader", new: {} }),
  ]);
  expect(resources).toMatchObject([{ type: "pulumi:providers:docker", name: "reader" }]);
  expect(unchanged).toBe(2);
});

test("replaced and deleted resources come first", () => {
  const { resources } = collectChanges([
    step("create", { name: "a", new: {} }),
    step("update", { name: "b", old: {}, new: {} }),
    step("delete", { name: "c", old: {} }),
    step("replace", { name: "d", old: {}, new: {} }),
    step("delete", { name: "e", old: {} }),
  ]);
  expect(resources.map(({ name }) => name)).toEqual(["d", "c", "e", "a", "b"]);
});

test("types are as Pulumi's CLI shows them, and names whole", () => {
  const { resources } = collectChanges([
    step("create", { type: "azuredevops:index/buildDefinition:BuildDefinition", name: "a::b", new: {} }),
    step("create", { type: "azure-native:containerregistry:Registry", new: {} }),
    step("create", { type: "pkg:module/other:Thing", new: {} }),
  ]);
  expect(resources).toMatchObject([
    { type: "azuredevops:index:BuildDefinition", name: "a::b" },
    { type: "azure-native:containerregistry:Registry" },
    { type: "pkg:module/other:Thing" },
  ]);
});

test("a resource that goes away has its id, and whether it stays in the cloud", () => {
  const old = { id: "/registries/a", retainOnDelete: true };
  const { resources } = collectChanges([
    step("delete", { name: "a", old }),
    step("delete", { name: "b", old: {} }),
    step("update", { name: "c", old, new: {} }),
  ]);
  expect(resources[0]).toMatchObject({ id: "/registries/a", retained: true });
  expect(resources[1]).toMatchObject({ retained: false });
  expect(resources[1]).not.toHaveProperty("id");
  expect(resources[2]).toMatchObject({ retained: false });
});

test("what is created or deleted has all of its properties but the engine's own, with what is not known yet", () => {
  const inputs = { name: "a", nested: { __defaults: [], list: [unknown] }, __defaults: ["name"], __provider: "code" };
  const { resources } = collectChanges([
    step("create", { new: { inputs } }),
    step("delete", { name: "old", old: { inputs: { name: "a" }, outputs: { more: 1 } } }),
  ]);
  expect(resources[1]?.properties).toEqual([
    change("name", "add", { new: "a" }),
    change("nested", "add", { new: { list: ["(known after the update)"] } }),
  ]);
  expect(resources[0]?.properties).toEqual([change("name", "delete", { old: "a" })]);
});

test("of an update, the smallest properties that differ are there, where the provider sees a difference", () => {
  const old = { a: { b: 1, c: [1, 2] }, grown: ["x"], gone: true, ignored: 1, "odd.name": { k: 1 } };
  const next = { a: { b: 2, c: [1, 3] }, grown: ["x", "y"], came: null, ignored: 2, "odd.name": { k: 2 } };
  const detailedDiff = { a: "update", grown: "update", gone: "delete", came: "add", '["odd.name"].k': "update" };
  const { resources } = collectChanges([step("update", { old: { inputs: old }, new: { inputs: next }, detailedDiff })]);
  expect(resources[0]?.properties).toEqual([
    change("a.b", "update", { old: 1, new: 2 }),
    change("a.c[1]", "update", { old: 2, new: 3 }),
    change("grown", "update", { old: ["x"], new: ["x", "y"] }),
    change("gone", "delete", { old: true }),
    change("came", "add", { new: null }),
    change('["odd.name"].k', "update", { old: 1, new: 2 }),
  ]);
});

test("if the provider gives no detail, the engine's names count, and without these all inputs", () => {
  const [old, next] = [{ inputs: { a: 1, b: 1 } }, { inputs: { a: 2, b: 2 } }];
  const paths = (options: StepOptions) =>
    collectChanges([step("update", { old, new: next, ...options })]).resources[0]?.properties.map(({ path }) => path);
  expect(paths({ diffs: ["b"] })).toEqual(["b"]);
  expect(paths({})).toEqual(["a", "b"]);
});

test("where the program wants what it wanted before, it is the resource's state that has changed", () => {
  const { resources } = collectChanges([
    step("update", {
      old: { inputs: { size: 1 }, outputs: { size: 3 } },
      new: { inputs: { size: 1 } },
      detailedDiff: { size: "update" },
    }),
  ]);
  expect(resources[0]?.properties).toEqual([change("size", "update", { old: 3, new: 1 })]);
});

test("a resource's replacement says for which properties, whichever of its steps names them", () => {
  const [old, next] = [{ inputs: { scope: "a", name: "x" } }, { inputs: { scope: unknown, name: "y" } }];
  const byKeys = collectChanges([
    step("delete-replaced", { old }),
    step("replace", { old, new: next }),
    step("create-replacement", { old, new: next, keys: ["scope"] }),
  ]);
  expect(byKeys.resources[0]?.properties).toEqual([
    { ...change("scope", "update", { old: "a", new: "(known after the update)" }), replaces: true },
    change("name", "update", { old: "x", new: "y" }),
  ]);
  const detailedDiff = { name: "update", scope: "update-replace" };
  const byDetail = collectChanges([step("replace", { old, new: next, detailedDiff })]);
  expect(byDetail.resources[0]?.properties.filter(({ replaces }) => replaces)).toMatchObject([{ path: "scope" }]);
});

describe("secrets", () => {
  const password = "correct horse battery staple";

  test("are marked, and a change of one is seen although its values are not", () => {
    const state = { inputs: { logins: [secret], user: "u" } };
    const { resources } = collectChanges([
      step("update", { old: state, new: state, detailedDiff: { "logins[0].password": "update" } }),
    ]);
    const shown = { ...change("logins[0].password", "update", { old: "[secret]", new: "[secret]" }), secret: true };
    expect(resources[0]?.properties).toEqual([shown]);
  });

  const variables = (value: unknown) => ({ variables: [{ name: "a" }, { name: "b", value }] });

  test.each<[where: string, events: EngineEvent[]]>([
    [
      "the state",
      [
        step("update", {
          old: { outputs: variables(secret) },
          new: { inputs: variables(password) },
          diffs: ["variables"],
        }),
      ],
    ],
    [
      "another element of the list",
      [
        step("update", {
          old: { inputs: { variables: [{ value: secret }] } },
          new: { inputs: variables(password) },
          diffs: ["variables"],
        }),
      ],
    ],
    [
      "another resource of the type",
      [
        step("same", { name: "other", old: { outputs: variables(secret) }, new: {} }),
        step("create", { new: { inputs: variables(password) } }),
      ],
    ],
    [
      "what comes of it",
      [
        step("create", { new: { inputs: variables(password) } }),
        outputs("create", { new: { inputs: variables(password), outputs: variables(secret) } }),
      ],
    ],
    [
      "an output value that is one",
      [
        step("create", { new: { inputs: variables(password) } }),
        outputs("create", {
          new: {
            outputs: variables({
              "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
              secret: true,
            }),
          },
        }),
      ],
    ],
  ])("are those that are plain here and marked in %s", (_, events) => {
    const changes = collectChanges(events);
    expect(JSON.stringify(changes)).not.toContain(password);
    expect(JSON.stringify(changes)).toContain("[secret]");
  });

  test("are found by their value in other resources, within other texts, in ids, outputs and messages", () => {
    const events = [
      step("same", { name: "other", old: { outputs: { key: secret } }, new: { inputs: { key: password } } }),
      step("create", {
        type: "test:index:Url",
        new: { inputs: { url: `https://user:${password}@host`, same: password } },
      }),
      step("delete", { type: "test:index:Old", old: { id: `id/${password}` } }),
      outputs("same", { type: "pulumi:pulumi:Stack", old: { outputs: {} }, new: { outputs: { o: password } } }),
      diagnostic("error", `cannot sign in with ${password}`),
    ];
    const changes = collectChanges(events);
    expect(JSON.stringify(changes)).not.toContain(password);
    expect(changes.resources[1]?.properties).toMatchObject([
      { new: "https://user:[secret]@host", secret: true },
      { new: "[secret]", secret: true },
    ]);
    expect(collectFailure(events, new Error()).messages).toEqual([{ text: "cannot sign in with [secret]" }]);
  });

  test("are also those that the caller knows", () => {
    const events = [
      step("create", { new: { inputs: { url: `https://${password}@host` } } }),
      diagnostic("error", `not with ${password}`),
    ];
    const { resources } = collectChanges(events, [password, ""]);
    expect(resources[0]?.properties).toMatchObject([{ new: "https://[secret]@host", secret: true }]);
    expect(collectFailure(events, undefined, [password]).messages).toEqual([{ text: "not with [secret]" }]);
    expect(collectFailure([], "one and one-two", ["one-", "one-two"]).messages).toEqual([{ text: "one and [secret]" }]);
    expect(collectFailure([], new Error(password), [password]).messages).toEqual([{ text: "[secret]" }]);
  });

  test("that are short are not looked for within other texts", () => {
    const { resources } = collectChanges([
      step("same", { name: "other", old: { outputs: { pin: secret } }, new: { inputs: { pin: "1" } } }),
      step("create", { type: "test:index:Other", new: { inputs: { version: "1.31.0", one: "1", number: 1, no: "" } } }),
    ]);
    expect(resources[0]?.properties.map((property) => property.new)).toEqual(["1.31.0", "[secret]", "[secret]", ""]);
  });
});

test("assets are shown by what they are made of", () => {
  const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", hash: "abc", path: "a.txt" };
  const { resources } = collectChanges([step("create", { new: { inputs: { file: asset } } })]);
  expect(resources[0]?.properties).toEqual([change("file", "add", { new: { hash: "abc", path: "a.txt" } })]);
});

test("changes of the stack's outputs are those of its last step", () => {
  const type = "pulumi:pulumi:Stack";
  const old = { outputs: { image: { digest: "sha256:0", tags: ["a"] }, gone: "x", token: secret } };
  const { outputs: changes, resources } = collectChanges([
    step("same", { type, old, new: {} }),
    outputs("same", { type, old, new: {} }),
    outputs("same", { type, old, new: { outputs: { image: { digest: unknown, tags: ["a"] }, token: secret } } }),
  ]);
  expect(resources).toEqual([]);
  expect(changes).toEqual([
    change("image.digest", "update", { old: "sha256:0", new: "(known after the update)" }),
    change("gone", "delete", { old: "x" }),
  ]);
});

describe("a failure", () => {
  test("has the errors that the engine reported, and nothing of its debugging, where tokens are", () => {
    const events = [
      diagnostic("debug", "Invoke RPC finished: token,,,eyJhbGciOi"),
      diagnostic("info", "left out"),
      diagnostic("warning", "old"),
      diagnostic("error", "\u001b[31m2 settings are wrong:\u001b[0m\n  one\n"),
      diagnostic("error", "refused", urnOf("azuredevops:index/project:Project", "p")),
    ];
    expect(collectFailure(events, new Error("thrown"))).toEqual({
      messages: [
        { text: "2 settings are wrong:\n  one" },
        { resource: "azuredevops:index:Project p", text: "refused" },
      ],
    });
  });

  test("has the violations of mandatory policies", () => {
    const policy = { message: "no", color: "never", policyName: "p", policyPackName: "pack" };
    const of = (enforcementLevel: "warning" | "mandatory"): EngineEvent => ({
      ...happened(),
      policyEvent: { ...policy, enforcementLevel, policyPackVersion: "1", policyPackVersionTag: "1" },
    });
    expect(collectFailure([of("warning"), of("mandatory")], new Error("thrown")).messages).toEqual([
      { text: "policy p of pack: no" },
    ]);
  });

  test("has what was thrown if the engine reported nothing", () => {
    expect(collectFailure([diagnostic("warning", "old")], new Error("the stack is locked")).messages).toEqual([
      { text: "the stack is locked" },
    ]);
    expect(collectFailure([], "a text").messages).toEqual([{ text: "a text" }]);
  });
});
