import type { BrokenRule, ImageContent } from "./rule";

const advice =
  "The agent adds a user of its own to the container (groupadd, useradd), without sudo, and may not: " +
  "put `USER root` at the end of the Dockerfile. A job's steps do not run as root all the same.";

/**
 * A user with root's rights. `USER` is a name or a number, with a group behind a colon or without
 * (https://docs.docker.com/reference/dockerfile/#user); a name means what the image's own /etc/passwd says.
 */
export function checkUser({ config, files }: ImageContent): BrokenRule[] {
  const [user = ""] = config.user.split(":");
  if (user === "" || user === "root") return [];
  const passwd = files.resolve("/etc/passwd")?.node;
  const lines = passwd?.kind === "file" ? (passwd.text ?? "").split("\n") : [];
  const uid = lines.map((line) => line.split(":")).find(([name]) => name === user)?.[2] ?? user;
  if (!/^\d+$/.test(uid)) {
    const message = `the image's user (USER) ${JSON.stringify(config.user)} is not in its /etc/passwd. ${advice}`;
    return [{ rule: "user", message }];
  }
  if (Number(uid) === 0) return [];
  const number = uid === user ? "" : `, uid ${uid},`;
  return [{ rule: "user", message: `the image's user (USER) is ${config.user}${number} and not root. ${advice}` }];
}
