import { readLock } from "../../../src/conda/lock-file";
import { cyclonedx } from "../../../src/sbom/cyclonedx";

const sha256 = "a".repeat(64);
const lock = readLock(
  `# file: ci.yml
# channels: https://conda.anaconda.org/conda-forge
# digest: sha256:${sha256}
# platform: linux-64
@EXPLICIT
https://conda.anaconda.org/conda-forge/linux-64/openssl-3.5.0-h1_0.conda#sha256:${sha256}
https://conda.anaconda.org/conda-forge/noarch/tzdata-2026a-0.tar.bz2#${"b".repeat(32)}
# pip Our_Server==1.2+cpu \\
# pip     --hash=sha256:${sha256}
# pip other @ https://example.com/other-1.0.zip --hash=sha256:${sha256}
`,
  "ci.linux-64.lock",
);
const image = { repository: "mlops/model", digest: `sha256:${"c".repeat(64)}` };

test("an SBOM has each package of the lock, with what it is known by everywhere and its hash", () => {
  const { bomFormat, specVersion, metadata, components } = JSON.parse(cyclonedx(lock, image));
  expect({ bomFormat, specVersion, metadata }).toMatchObject({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: { component: { type: "container", name: "mlops/model", version: image.digest } },
  });
  expect(components).toMatchObject([
    {
      name: "openssl",
      version: "3.5.0",
      purl: "pkg:conda/openssl@3.5.0?build=h1_0&channel=conda-forge&subdir=linux-64&type=conda",
      hashes: [{ alg: "SHA-256", content: sha256 }],
      externalReferences: [{ type: "distribution", url: expect.stringContaining("/openssl-3.5.0-h1_0.conda") }],
    },
    { name: "tzdata", purl: expect.stringMatching(/^pkg:conda\/tzdata@2026a\?.*&subdir=noarch&type=tar\.bz2$/) },
    { name: "other", purl: "pkg:pypi/other?download_url=https%3A%2F%2Fexample.com%2Fother-1.0.zip" },
    { name: "our-server", version: "1.2+cpu", purl: "pkg:pypi/our-server@1.2%2Bcpu" },
  ]);
  expect(components[1].hashes).toBeUndefined();
});

test("the same lock and image make the same text, which the registry keeps once", () => {
  expect(cyclonedx(lock, image)).toBe(cyclonedx(lock, image));
});
