import { text } from "node:stream/consumers";
import { messageOf, UserError } from "../../src/common/errors";
import { layoutOf } from "../cloud/layout";
import { cloudStatus } from "../cloud/status";
import { operatorLogin } from "./operator";

/** The protocol's words for "no login for this registry": whoever asked goes on without one. */
const notFound = "credentials not found in native keychain";

/**
 * What the local cloud's credential helper answers (https://github.com/docker/docker-credential-helpers): a login for
 * each of its Azure container registries, made at that moment, so that no token is stored that could expire.
 * @param registry what comes on standard input: `host:port`.
 * @throws UserError whose message the protocol has on standard output, beside an exit code other than 0.
 */
export async function answer(directory: string, action: string, registry: string): Promise<string> {
  if (action !== "get") throw new UserError("the local cloud's logins are made when they are used, and not kept");
  const status = cloudStatus(layoutOf(directory));
  const isOurs = status.running && status.registry.all.some(({ loginServer }) => loginServer === registry);
  if (!isOurs) throw new UserError(notFound);
  const { username, password } = await operatorLogin(status, registry);
  return JSON.stringify({ ServerURL: registry, Username: username, Secret: password });
}

async function main([directory = "", action = ""]: string[]): Promise<void> {
  try {
    process.stdout.write(await answer(directory, action, (await text(process.stdin)).trim()));
  } catch (error) {
    process.stdout.write(messageOf(error));
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.argv.slice(2));
