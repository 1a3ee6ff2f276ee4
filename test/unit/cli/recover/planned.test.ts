import type { EngineEvent, PreviewOptions } from "@pulumi/pulumi/automation";
import { plannedCreations } from "../../../../src/cli/recover/planned";
import { commandFailed } from "../../support/test-stacks";

const type = "azuredevops:index/buildDefinition:BuildDefinition";
const signal = new AbortController().signal;

/** A step of a preview: one that imports has the new state as one that creates has. */
function step(op: string, name: string): EngineEvent {
  const urn = `urn:pulumi:dev::job-container::${type}::${name}`;
  const metadata = { op, urn, type, new: { urn, type, inputs: { name } } };
  return JSON.parse(JSON.stringify({ sequence: 0, timestamp: 0, resourcePreEvent: { metadata, planning: true } }));
}

/** A stack whose preview has these events, and ends with this error. */
function stackOf(events: EngineEvent[], error?: Error) {
  return {
    name: "dev",
    async preview({ onEvent }: PreviewOptions = {}) {
      for (const event of events) onEvent?.(event);
      if (error) throw error;
      return { stdout: "", stderr: "", changeSummary: {} };
    },
  };
}

test("what would be created is found; what would be adopted, or is there, is nobody's to delete", async () => {
  const stack = stackOf([
    step("create", "train"),
    step("import", "ci"),
    step("update", "score"),
    step("same", "image"),
  ]);
  expect((await plannedCreations(stack, signal)).map(({ inputs }) => inputs.name)).toEqual(["train"]);
});

test("if there can be no update, it is said why", async () => {
  const message = "the pipeline definition 12 (setting modelPipelines.0.adopt) cannot be read: there is none.";
  const reported = { sequence: 0, timestamp: 0, diagnosticEvent: { severity: "error", message, color: "never" } };
  const stack = stackOf([JSON.parse(JSON.stringify(reported))], commandFailed("error"));
  await expect(plannedCreations(stack, signal)).rejects.toThrow(
    `what the next update of dev would create is not known, for its preview failed:\n${message}`,
  );
});

test("a defect stays one", async () => {
  await expect(plannedCreations(stackOf([], new TypeError("no function")), signal)).rejects.toThrow(TypeError);
});
