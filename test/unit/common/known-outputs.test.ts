import { runtime } from "@pulumi/pulumi";
import { knownOutputs } from "../../../src/common/known-outputs";

test("what Pulumi has for an unknown value is left out, wherever it is", () => {
  const unknown = runtime.unknownValue;
  const outputs = { a: unknown, b: { c: unknown, d: "1", e: null }, f: [unknown, { g: unknown, h: 2 }], i: true };
  expect(knownOutputs(outputs)).toEqual({ b: { d: "1", e: null }, f: [{ h: 2 }], i: true });
});
