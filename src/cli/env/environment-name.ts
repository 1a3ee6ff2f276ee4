import { createHash } from "node:crypto";
import { environmentNameRule } from "../../rules/names";

/** The most characters that an environment's name has. */
const longest = 60;

/** How many hexadecimal digits of a branch's hash make its name unique: 40 bits. */
const digits = 10;

/** What a made-up end looks like. A branch whose name ends so itself gets one as well, so that no two meet. */
const hashed = new RegExp(`(^|-)[0-9a-f]{${digits}}$`);

/**
 * The name of a branch's environment: the branch's own wherever the rules for names allow it, with `--` for `/`.
 * Otherwise what is left of it when the rest is taken out, with a hash of the branch's name at the end. Two branches
 * never have the same, also when they differ only in case, or in what is taken out or cut off.
 *
 * @param branch any name that Git allows
 */
export function environmentName(branch: string): string {
  const plain = branch.replaceAll("/", "--");
  if (!branch.includes("--") && !hashed.test(plain) && environmentNameRule.pattern.test(plain)) return plain;
  const readable = plain
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longest - 1 - digits)
    .replace(/^-+|-+$/g, "");
  const hash = createHash("sha256").update(branch).digest("hex").slice(0, digits);
  return readable === "" ? `branch-${hash}` : `${readable}-${hash}`;
}
