import { UserError } from "../common/errors";
import { defaultPlatform, type Platform, platforms } from "../common/platforms";

/**
 * Reads platforms as Docker takes them: with commas between them.
 *
 * @param text default: that of an image of a stack that says nothing of it
 * @throws UserError for one that no job runs on
 */
export function readPlatforms(text = ""): Platform[] {
  if (text === "") return [defaultPlatform];
  return text.split(",").map((name) => {
    const known = platforms.find((platform) => platform === name);
    if (known !== undefined) return known;
    throw new UserError(`no job runs on ${JSON.stringify(name)}: name ${platforms.join(", ")} or both, with a comma`);
  });
}
