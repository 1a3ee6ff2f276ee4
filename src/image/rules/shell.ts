import type { BrokenRule, ImageContent } from "./rule";
import { findPrograms } from "./search-path";

/** bash on the image's `PATH`: the agent asks for it with `command -v bash`, and steps are run by it. */
export function checkShell({ config, files }: ImageContent): BrokenRule[] {
  const [bash] = findPrograms(files, config.path, "bash");
  if (bash?.forEverybody) return [];
  const message = bash
    ? `${bash.path} may not be run by every user, and a job's steps do not run as root. Give it mode 755, and the folders that it is in.`
    : `there is no bash that can be run on the image's PATH (${config.path}), and a job's steps are run by bash. Install it.`;
  return [{ rule: "shell", message }];
}
