import { RunError } from "@pulumi/pulumi";
import { UserError } from "../../../src/common/errors";

test("Pulumi takes a UserError for one of its own that are shown without a stack trace", () => {
  expect(RunError.isInstance(new UserError("the setting registry is not set"))).toBe(true);
  expect(RunError.isInstance(new Error("a defect"))).toBe(false);
});

test("a UserError has no stack for anyone to print", () => {
  expect(new UserError("x").stack).toBe("");
});
