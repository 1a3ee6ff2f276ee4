import { deleteRepository } from "../../../src/image/delete-repository";
import { ImageError } from "../../../src/image/error";
import { type Answer, AzureRegistry } from "../support/azure-registry";

const repository = "mlops/diabetes_regression/tensorflow";
const path = `/acr/v1/${repository}`;
const deletion = `DELETE ${path}`;
const deleted = { status: 202, body: { manifestsDeleted: [], tagsDeleted: [] } };

let registry: AzureRegistry;
beforeEach(async () => {
  registry = await AzureRegistry.start();
});
afterEach(() => registry.stop());

const remove = (name = repository) =>
  deleteRepository({ registry: registry.host, repository: name, login: { identityToken: "refresh" }, pause: 0 });

/** The message with which it fails. */
async function failure(name?: string): Promise<string> {
  const error: unknown = await remove(name).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ImageError);
  return error instanceof ImageError ? error.message : "";
}

/** The registry answers every deletion with this. */
function refuse(status: number, code: string, message = ""): void {
  const answer: Answer = { status, body: { errors: [{ code, message }] } };
  registry.respond = (operation) => (operation === deletion ? answer : undefined);
}

test("it is deleted until the registry knows no such repository, with a token for that alone", async () => {
  let there = 3; // what was there, and what two pushes in between bring back
  registry.respond = () => (there-- > 0 ? deleted : undefined);
  await remove();
  expect(registry.asked).toEqual([deletion, deletion, deletion, deletion, deletion]); // the first was sent for a token
  expect(registry.scopes).toEqual([`repository:${repository}:delete`]);
});

test("one that is not there is what is wanted", async () => {
  await expect(remove()).resolves.toBeUndefined();
});

test("one that is there again after every deletion is given up, with what to do", async () => {
  registry.respond = () => deleted;
  expect(await failure()).toBe(
    `the repository ${repository} of the registry ${registry.host} has been deleted 10 times, and is there again: something ` +
      "keeps pushing to it. Cancel the pipeline runs that do, and try again.",
  );
});

test.each(["", "/", "mlops/", "../mlops", "mlops?x", "mlops#x", "mlops/%2e%2e", "Mlops", "mlops/model/_tags", "a:b"])(
  "what is no repository's name is never asked for: %j",
  async (name) => {
    expect(await failure(name)).toBe(`${JSON.stringify(name)} is not the name of a repository.`);
    expect(registry.asked).toEqual([]);
  },
);

describe("a refusal says what to do", () => {
  const roles = /It needs a role .* AcrDelete, Contributor or Owner; .* Container Registry Repository Contributor\./;

  test("about the role, when the token allows no deletion", async () => {
    refuse(401, "UNAUTHORIZED", "authentication required");
    const message = await failure();
    expect(message).toMatch(
      `does not let this identity delete ${repository} (401 UNAUTHORIZED: authentication required)`,
    );
    expect(message).toMatch(roles);
  });

  test("about the role, when there is no token at all", async () => {
    registry.letsIn = false;
    expect(await failure()).toMatch(roles);
  });

  test("about the network, when this machine is kept out", async () => {
    refuse(403, "DENIED", "client with IP '1.2.3.4' is not allowed access");
    expect(await failure()).toMatch(
      /\(403 DENIED: client with IP '1\.2\.3\.4' .*network rules must let this machine in/,
    );
  });

  test.each([
    [404, "NOT_FOUND", "is it an Azure container registry?"],
    [429, "TOOMANYREQUESTS", "answered 429 TOOMANYREQUESTS: . Try again later."],
    [500, "UNKNOWN", "answered 500 UNKNOWN: . Try again later."],
  ])("for the status %i", async (status, code, advice) => {
    refuse(status, code);
    expect(await failure()).toContain(advice);
  });

  test("about the address, when it cannot be reached", async () => {
    const options = { registry: "127.0.0.1:1", repository, login: { identityToken: "refresh" } };
    await expect(deleteRepository(options)).rejects.toThrow(
      /^cannot reach http:\/\/127\.0\.0\.1:1\/acr.*address right/,
    );
  });
});

describe("a lock", () => {
  const open = { deleteEnabled: true, writeEnabled: true };
  const noDelete = { ...open, deleteEnabled: false };
  const noWrite = { ...open, writeEnabled: false };

  /** What the API answers about the repository's own, its tags' and its manifests' locks; both lists in two pages. */
  function attributes(own: object, tags: object[], manifests: object[]): (operation: string) => Answer | undefined {
    const shown = (key: string, prefix: string, locks: object[]) =>
      locks.map((changeableAttributes, index) => ({ [key]: `${prefix}${index}`, changeableAttributes }));
    const pagesOf = (list: string, entries: object[]): Record<string, Answer> => ({
      [`GET ${path}/_${list}`]: {
        status: 200,
        body: { [list]: entries.slice(0, 1) },
        headers: { link: `<${path}/_${list}?last=x>; rel="next"` },
      },
      [`GET ${path}/_${list}?last=x`]: { status: 200, body: { [list]: entries.slice(1) } },
    });
    const answers: Record<string, Answer> = {
      [deletion]: { status: 405, body: { errors: [{ code: "REGISTRY_DISALLOWED_OPERATION", message: "disallowed" }] } },
      [`GET ${path}`]: { status: 200, body: { changeableAttributes: own } },
      ...pagesOf("tags", shown("name", "tag", tags)),
      ...pagesOf("manifests", shown("digest", "sha256:", manifests)),
    };
    return (operation) => answers[operation];
  }

  test.each([
    ["the repository", [noDelete, [open], [open]], repository, `--repository ${repository}`],
    ["a tag", [open, [open, noDelete], [open]], `${repository}:tag1`, `--image ${repository}:tag1`],
    ["a manifest", [open, [], [open, noWrite]], `${repository}@sha256:1`, `--image ${repository}@sha256:1`],
  ] as const)("on %s is named, with the command that opens it", async (_, [own, tags, manifests], name, target) => {
    registry.respond = attributes(own, [...tags], [...manifests]);
    expect(await failure()).toBe(
      `the registry ${registry.host} does not allow ${repository} to be deleted (405 REGISTRY_DISALLOWED_OPERATION: ` +
        `disallowed): locked is ${name}. If it may go, unlock with \`az acr repository update --name ${registry.host} ` +
        `${target} --delete-enabled true --write-enabled true\`, and try again.`,
    );
  });

  test("is one of several: all are named", async () => {
    registry.respond = attributes(noDelete, [noWrite], [noDelete]);
    expect(await failure()).toContain(
      `locked are ${[repository, `${repository}:tag0`, `${repository}@sha256:0`].join(", ")}. If`,
    );
  });

  test("that the registry does not tell of is explained all the same", async () => {
    refuse(405, "REGISTRY_DISALLOWED_OPERATION");
    expect(await failure()).toMatch(/: it, or a tag or manifest in it, is locked\. If it may go, unlock with `az acr/);
  });
});
