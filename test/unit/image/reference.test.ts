import { ImageError } from "../../../src/image/error";
import { parseReference } from "../../../src/image/reference";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test.each([
  ["mlops.azurecr.io/mlops/model:1", "mlops.azurecr.io", "mlops/model", "1"],
  ["mlops.azurecr.io/model", "mlops.azurecr.io", "model", "latest"],
  [`mlops.azurecr.io/model@${digest}`, "mlops.azurecr.io", "model", digest],
  [`mlops.azurecr.io/model:1@${digest}`, "mlops.azurecr.io", "model", digest],
  ["127.0.0.1:9490/mlops/diabetes_regression:latest", "127.0.0.1:9490", "mlops/diabetes_regression", "latest"],
  ["localhost/a:b", "localhost", "a", "b"],
  ["[::1]:5000/a/b", "[::1]:5000", "a/b", "latest"],
  ["debian", "registry-1.docker.io", "library/debian", "latest"],
  ["debian:12", "registry-1.docker.io", "library/debian", "12"],
  ["mambaorg/micromamba:2.6.1", "registry-1.docker.io", "mambaorg/micromamba", "2.6.1"],
  ["docker.io/debian", "registry-1.docker.io", "library/debian", "latest"],
  ["index.docker.io/mambaorg/micromamba", "registry-1.docker.io", "mambaorg/micromamba", "latest"],
  ["a.b/c__d/e-f--g.h_i:V-1.0_x", "a.b", "c__d/e-f--g.h_i", "V-1.0_x"],
])("%s is read as Docker reads it", (text, registry, repository, version) => {
  expect(parseReference(text)).toEqual({ registry, repository, version });
});

test.each([
  ["", "it is empty"],
  ["a b", "there is a space in it"],
  ["https://mlops.azurecr.io/model", "it begins with a scheme"],
  ["mlops.azurecr.io/", "it names no repository"],
  ["mlops.azurecr.io/:1", "it names no repository"],
  ["mlops.azurecr.io/Model", 'the repository "Model" is not lower case'],
  ["mlops.azurecr.io/a//b", 'the repository "a//b" has a part that'],
  ["mlops.azurecr.io/-a", 'the repository "-a" has a part that'],
  ["mlops.azurecr.io/a..b", 'the repository "a..b" has a part that'],
  ["mlops.azurecr.io/../v2", 'the repository "../v2" has a part that'],
  ["mlops.azurecr.io/a:", 'the tag "" is not'],
  ["mlops.azurecr.io/a:b:c", 'the tag "b:c" is not'],
  ["mlops.azurecr.io/a:.b", 'the tag ".b" is not'],
  [`mlops.azurecr.io/a:${"b".repeat(129)}`, `the tag "${"b".repeat(129)}" is not`],
  ["mlops.azurecr.io/a@", 'the digest "" is not'],
  ["mlops.azurecr.io/a@sha256:abc", 'the digest "sha256:abc" is not'],
  [`mlops.azurecr.io/a@sha512:${"a".repeat(128)}`, 'the digest "sha512:'],
  [`mlops.azurecr.io/a@${digest}@${digest}`, "there is more than one @ in it"],
  ["mlops.azurecr.io:port/a", 'the registry "mlops.azurecr.io:port" is not a host'],
  ["127.0.0.1:70000/a", 'the registry "127.0.0.1:70000" is not a host'],
  ["-a.io/b", 'the registry "-a.io" is not a host'],
  ["user@host.io/a", "the digest"],
])("%j is refused with the reason", (text, reason) => {
  const parsed = () => parseReference(text);
  expect(parsed).toThrow(ImageError);
  expect(parsed).toThrow(`${JSON.stringify(text)} is not the name of an image: ${reason}`);
});
