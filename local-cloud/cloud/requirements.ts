import { UserError } from "../../src/common/errors";

/**
 * Makes sure that the local cloud can run here: BuildKit runs containers, which takes Linux and root.
 * @param uid the user's number; absent on Windows.
 * @throws UserError
 */
export function requireLinuxRoot(platform: NodeJS.Platform, uid: number | undefined): void {
  const missing = platform !== "linux" ? `this is ${platform}` : uid !== 0 ? `this is user ${uid}` : undefined;
  if (missing === undefined) return;
  throw new UserError(
    `the local cloud runs on Linux as root, and ${missing}. ` +
      (platform === "linux" ? "Run the command as root, or" : "Run the command") +
      " in a Linux container whose user is root, such as a dev container (.devcontainer/).",
  );
}
