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
      (platform === "linux" ? "Run the command as root, or open" : "Open") +
      " the project in its devcontainer (.devcontainer/), which is Linux and root on any machine with Docker.",
  );
}
