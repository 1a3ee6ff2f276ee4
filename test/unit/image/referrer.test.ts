import { attach } from "../../../src/image/referrer";
import { goodImage, sha256 } from "../support/image-files";
import { indexType, manifestType, TestRegistry } from "../support/image-registry";

let registry: TestRegistry;
let subject: { mediaType: string; digest: string; size: number };
beforeEach(async () => {
  registry = await TestRegistry.start();
  subject = registry.push(await goodImage());
});
afterEach(() => registry.stop());

const artifact = { type: "application/vnd.cyclonedx+json", content: "{}\n", annotations: { title: "sbom" } };
const push = (more: Partial<typeof artifact> = {}) =>
  attach({ registry: registry.host, repository: "mlops/model" }, subject.digest, { ...artifact, ...more });
const read = (reference: string) => JSON.parse(registry.manifests.get(reference)?.text ?? "{}");

test("an artifact is a manifest that says what it is and which image it is about", async () => {
  const digest = await push();
  expect(registry.manifests.get(digest)?.mediaType).toBe(manifestType);
  expect(read(digest)).toEqual({
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType: artifact.type,
    config: { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256("{}"), size: 2 },
    layers: [{ mediaType: artifact.type, digest: sha256(artifact.content), size: 3 }],
    subject,
    annotations: { title: "sbom" },
  });
  expect(registry.blobs.get(sha256(artifact.content))?.toString()).toBe(artifact.content);
});

test("where the registry lists referrers, it gets no tag; and what is there is not sent again", async () => {
  expect(await push()).toBe(await push());
  expect([...registry.manifests.keys()].filter((key) => !key.includes(":"))).toEqual(["latest"]);
  expect(registry.asked.filter((each) => each.startsWith("POST"))).toHaveLength(2);
});

test("where it does not, the list is under the tag that clients look for, with all that refer to the image", async () => {
  registry.listsReferrers = false;
  const first = await push();
  const second = await push({ content: "{ }\n" });
  await push();
  expect(read(subject.digest.replace(":", "-"))).toMatchObject({
    mediaType: indexType,
    manifests: [
      { digest: first, mediaType: manifestType, artifactType: artifact.type, annotations: artifact.annotations },
      { digest: second },
    ],
  });
  expect(read(subject.digest.replace(":", "-")).manifests).toHaveLength(2);
});

test("a registry that refuses is said with its reason and the role that it takes", async () => {
  registry.handler = ({ method }, response) => {
    if (method !== "POST") return false;
    response.writeHead(403).end(JSON.stringify({ errors: [{ code: "DENIED", message: "no push" }] }));
    return true;
  };
  await expect(push()).rejects.toThrow(/does not let this login push mlops\/model \(403 DENIED: no push\).*AcrPush/);
});

test("nothing is pushed about an image that is not there", async () => {
  subject = { ...subject, digest: `sha256:${"0".repeat(64)}` };
  await expect(push()).rejects.toThrow("does not let this login read sha256:0");
  expect(registry.asked.filter((each) => each.includes("/manifests/") && each.startsWith("PUT"))).toEqual([]);
});
