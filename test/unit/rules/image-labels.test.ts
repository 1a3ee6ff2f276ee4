import { imageLabels } from "../../../src/rules/image-labels";

const source = "https://github.com/contoso/diabetes";

test("an image says where it is from by the labels that OCI has for it", () => {
  expect(imageLabels({ source, revision: "0123abc", version: "3.0.0" })).toEqual({
    labels: {
      "org.opencontainers.image.source": source,
      "org.opencontainers.image.revision": "0123abc",
      "org.opencontainers.image.version": "3.0.0",
    },
    leftOut: [],
  });
});

test.each([
  ["no value", { source }],
  ["an empty value", { source, revision: "", version: "" }],
])("%s leaves the label out and says which", (_, values) => {
  expect(imageLabels(values)).toEqual({
    labels: { "org.opencontainers.image.source": source },
    leftOut: ["revision", "version"],
  });
});
