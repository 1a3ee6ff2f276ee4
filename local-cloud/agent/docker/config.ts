import type { SignedIn } from "../connection";

/** The sign-ins to registries as Docker keeps them: the text of its `config.json`. */
export function dockerConfig(logins: Iterable<SignedIn>): string {
  const auths = [...logins].map(({ loginServer, login }) => {
    const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
    return [loginServer, { auth }];
  });
  return JSON.stringify({ auths: Object.fromEntries(auths) });
}
