import * as pulumi from "@pulumi/pulumi";
import { imageIn } from "../../../components/model-pipeline";
import type { BrokenRuleOn } from "../../../src/image/check";
import { type CheckedImage, requireUsable } from "../../../src/pulumi/image-contract";

const reference = `127.0.0.1:5000/mlops/diabetes@sha256:${"a".repeat(64)}`;
const image: CheckedImage = {
  reference: pulumi.output(reference),
  platforms: ["linux/amd64", "linux/arm64"],
  login: pulumi.secret({ address: "127.0.0.1:5000", username: "user", password: "registry-token" }),
};

const breaking =
  (...rules: BrokenRuleOn[]) =>
  async () =>
    rules;

/** The inputs of a model pipeline whose jobs run in this image. */
const running = (value: string) => ({ variables: [{ name: "jobContainerImage", value, allowOverride: false }] });

const create = { newInputs: running("mlops/diabetes@sha256:new") };

test("the image is read by its digest, for each platform, with the login that pushed it", async () => {
  const check = jest.fn(breaking());
  await requireUsable(create, image, imageIn, check);
  expect(check.mock.calls).toEqual([
    [reference, ["linux/amd64", "linux/arm64"], { login: { username: "user", password: "registry-token" } }],
  ]);
});

test.each([
  ["another image", running("mlops/diabetes@sha256:old"), running("mlops/diabetes@sha256:new"), 1],
  ["the same image", running("mlops/diabetes@sha256:old"), running("mlops/diabetes@sha256:old"), 0],
  ["an image where there was none", { variables: [] }, running("mlops/diabetes@sha256:new"), 1],
  ["an image that is not found in its inputs", {}, {}, 1],
])("an update to %s", async (_, oldInputs, newInputs, checks) => {
  const check = jest.fn(breaking());
  await requireUsable({ oldInputs, newInputs }, image, imageIn, check);
  expect(check).toHaveBeenCalledTimes(checks);
});

test("each rule that it breaks is named, with the platform, the image and what to do", async () => {
  const check = breaking(
    { platform: "linux/amd64", rule: "entrypoint", message: "the image has an ENTRYPOINT. Take it out." },
    { platform: "linux/arm64", rule: "shell", message: "there is no bash. Install it." },
  );
  const checked = requireUsable(create, image, imageIn, check);
  await expect(checked).rejects.toThrow(
    [
      `no job can run in the image ${reference}, which breaks 2 rules:`,
      "  entrypoint (linux/amd64): the image has an ENTRYPOINT. Take it out.",
      "  shell (linux/arm64): there is no bash. Install it.",
      "The pipeline keeps its previous image.",
    ].join("\n"),
  );
  await expect(checked).rejects.toThrow(
    `npx job-container check image ${reference} --platform linux/amd64,linux/arm64`,
  );
});

test("an image that cannot be read is not taken for a good one", async () => {
  const check = async () => {
    throw new Error("the registry does not answer");
  };
  await expect(requireUsable(create, image, imageIn, check)).rejects.toThrow("the registry does not answer");
});
