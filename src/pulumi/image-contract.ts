import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../common/platforms";
import type { BrokenRuleOn, checkPlatforms } from "../image/check";
import { resourceHook } from "./hooks";
import { known } from "./known";

/** The part of an image that its check needs. */
export interface CheckedImage {
  /** `<login server>/<repository>@sha256:…` */
  reference: pulumi.Output<string>;
  /** What jobs run on. */
  platforms: Platform[];
  /** How to sign in to its registry. */
  login: pulumi.Output<{ username: string; password: string }>;
}

/** Finds the image in a resource's inputs. */
export type ImageIn = (inputs: Record<string, unknown>) => string | undefined;

/**
 * Hooks that check an image in its registry before a resource is made to use it. An image in which no job could run
 * fails the resource's step: it keeps the image that it had, and the next update checks again.
 *
 * @param name names the hook, uniquely in the program
 */
export function contractHooks(
  name: string,
  image: CheckedImage,
  imageIn: ImageIn,
): Record<"beforeCreate" | "beforeUpdate", pulumi.ResourceHook[]> {
  const hook = resourceHook(name, (step) => requireUsable(step, image, imageIn));
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

/**
 * Makes sure that the agent can run a job in an image, unless the step leaves the resource with the image that it has.
 *
 * @throws Error with each rule that it breaks, or why it cannot be read
 */
export async function requireUsable(
  { oldInputs, newInputs }: Pick<pulumi.ResourceHookArgs, "oldInputs" | "newInputs">,
  { reference, platforms, login }: CheckedImage,
  imageIn: ImageIn,
  check = readAndCheck,
): Promise<void> {
  const used = newInputs && imageIn(newInputs);
  if (used !== undefined && oldInputs && imageIn(oldInputs) === used) return;
  const [image, { username, password }] = await known(pulumi.all([reference, login]));
  const broken = await check(image, platforms, { login: { username, password } });
  if (broken.length > 0) throw new Error(describe(image, broken));
}

/** Loaded when it is needed, which in a preview it never is: hooks run in updates. */
const readAndCheck: typeof checkPlatforms = (...args) => {
  const image: typeof import("../image/check") = require("../image/check");
  return image.checkPlatforms(...args);
};

function describe(image: string, broken: BrokenRuleOn[]): string {
  const platforms = [...new Set(broken.map(({ platform }) => platform))];
  return [
    `no job can run in the image ${image}, which breaks ${broken.length === 1 ? "a rule" : `${broken.length} rules`}:`,
    ...broken.map(({ platform, rule, message }) => `  ${rule} (${platform}): ${message}`),
    "The pipeline keeps its previous image. Change the Dockerfile, its base image or the conda file, and see what is " +
      `left of this by: npx job-container check image ${image} --platform ${platforms}`,
  ].join("\n");
}
