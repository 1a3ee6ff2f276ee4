import { checkEach, type Rule } from "./rule";
import { readVariable, variablesOf } from "./variables";

/** Names such as `jobContainerImage` and `baseImage`; not `imageRepository`, which is where images are. */
const namesAnImage = /image$/i;

/** An image in a registry of Azure's, or at a port, with a tag. */
const taggedImage = /^[\w.-]+(\.azurecr\.[a-z.]+|:\d+)\/[\w./-]+:[\w.-]+$/;

const withDigest = /@sha256:[0-9a-f]{64}$/;

export const imageDigest: Rule = {
  name: "image-digest",
  description: "A pipeline's variables refer to images by digest: a tag can lead to another image tomorrow.",
  types: /^azuredevops:index\/(buildDefinition|variableGroup):/,
  check: (inputs) =>
    checkEach(variablesOf(inputs), function* (input) {
      const { name, value } = readVariable(input);
      if (value === "" || withDigest.test(value) || !(namesAnImage.test(name) || taggedImage.test(value))) return;
      yield `the variable ${name} is ${value}, an image without a digest. ` +
        "Set it to <repository>@sha256:…, for example from the image's output `reference`.";
    }),
};
