import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { dockerLogin } from "../../../src/image/docker-login";
import { ImageError } from "../../../src/image/error";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "docker-login-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const host = "mlops.azurecr.io";

/** The login for a registry with this content of `config.json`, and helpers by name: what each is as a shell script. */
function loginOf(config: unknown, helpers: Record<string, string> = {}, registry = host) {
  writeFileSync(join(directory, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  for (const [name, script] of Object.entries(helpers)) {
    writeFileSync(join(directory, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, `docker-credential-${name}`), 0o755);
  }
  const PATH = `${directory}${delimiter}${process.env.PATH}`;
  return dockerLogin(registry, { PATH, DOCKER_CONFIG: directory });
}

const auth = (text: string) => Buffer.from(text).toString("base64");
const login = { username: "user", password: "a:b" };

test("without a configuration there is no login", async () => {
  expect(await dockerLogin(host, { DOCKER_CONFIG: directory })).toBeUndefined();
});

describe("logins in the file", () => {
  test.each<[string, string, object | undefined]>([
    ["for the host", host, { auth: auth("user:a:b") }],
    ["for the host's URL, as old configurations have it", `https://${host}/v1/`, { auth: auth("user:a:b") }],
  ])("are found %s", async (_, key, entry) => {
    expect(await loginOf({ auths: { "other.io": { auth: auth("x:y") }, [key]: entry } })).toEqual(login);
  });

  test("for Docker Hub are found under its old address", async () => {
    const auths = { "https://index.docker.io/v1/": { auth: auth("user:a:b") } };
    expect(await loginOf({ auths }, {}, "registry-1.docker.io")).toEqual(login);
  });

  test("are an identity token if there is one, as `az acr login` leaves it", async () => {
    const entry = { auth: auth("00000000-0000-0000-0000-000000000000:"), identitytoken: "token" };
    expect(await loginOf({ auths: { [host]: entry } })).toEqual({ identityToken: "token" });
  });

  test.each([
    [{}],
    [{ auths: {} }],
    [{ auths: { [host]: {} } }],
    [{ auths: { "mlops.azurecr.io.example.com": { auth: auth("a:b") } } }],
  ])("are none in %j", async (config) => {
    expect(await loginOf(config)).toBeUndefined();
  });

  test("that are none are an error with the file and what to do", async () => {
    await expect(loginOf({ auths: { [host]: { auth: auth("no colon") } } })).rejects.toThrow(
      new ImageError(
        `the login for ${host} in ${directory}/config.json is not a user and a password. Sign in again: \`docker login ${host}\`.`,
      ),
    );
  });
});

test.each(["", "{", "[]", '{"auths":[]}', '{"credsStore":1}'])(
  "a configuration that is none is an error: %s",
  async (text) => {
    await expect(loginOf(text)).rejects.toThrow(`Docker's configuration ${directory}/config.json cannot be read: `);
  },
);

describe("logins of helpers", () => {
  const answering = (username: string, secret: string) =>
    `read -r asked; [ "$1 $asked" = "get ${host}" ] && echo '{"ServerURL":"","Username":"${username}","Secret":"${secret}"}'`;

  test("are asked for by host, of the host's own helper first", async () => {
    const config = { credsStore: "store", credHelpers: { [host]: "own" }, auths: { [host]: { auth: auth("x:y") } } };
    expect(await loginOf(config, { own: answering("user", "a:b"), store: "exit 1" })).toEqual(login);
  });

  test("are asked for of the store of all logins otherwise", async () => {
    const config = { credsStore: "store", credHelpers: { "other.io": "own" } };
    expect(await loginOf(config, { store: answering("user", "a:b"), own: "exit 1" })).toEqual(login);
  });

  test("are an identity token under the name <token>", async () => {
    expect(await loginOf({ credsStore: "store" }, { store: answering("<token>", "token") })).toEqual({
      identityToken: "token",
    });
  });

  test("are none if the helper knows none", async () => {
    const store = "echo 'credentials not found in native keychain'; exit 1";
    expect(await loginOf({ credsStore: "store" }, { store })).toBeUndefined();
  });

  test.each([
    ["fails", "echo 'the keychain is locked'; exit 1", `gives no login for ${host}: the keychain is locked.`],
    ["fails without a word", "exit 3", `gives no login for ${host}: Command failed: docker-credential-store get.`],
    ["answers something else", "echo '{}'", `gave no user and secret for ${host}.`],
    ["answers no JSON", "echo user", `gave no user and secret for ${host}.`],
  ])("a helper that %s is named", async (_, store, message) => {
    await expect(loginOf({ credsStore: "store" }, { store })).rejects.toThrow(
      new ImageError(`docker-credential-store, which ${directory}/config.json names, ${message}`),
    );
  });

  test("a helper that is not installed is named", async () => {
    await expect(loginOf({ credsStore: "absent" })).rejects.toThrow(
      `docker-credential-absent, which ${directory}/config.json names, gives no login for ${host}: there is no such program on PATH.`,
    );
  });
});
