import { UserError } from "../toolchain/errors";

/**
 * The access token for Azure DevOps: a person's, or that of the pipeline's run.
 *
 * @throws UserError if there is none
 */
export function accessTokenOf(env: NodeJS.ProcessEnv): string {
  const token = env.AZDO_PERSONAL_ACCESS_TOKEN || env.SYSTEM_ACCESSTOKEN;
  if (token) return token;
  throw new UserError(
    "there is no access token for Azure DevOps. Set AZDO_PERSONAL_ACCESS_TOKEN, with the scope Build (read & execute); " +
      "in a pipeline, map SYSTEM_ACCESSTOKEN: $(System.AccessToken). For the local cloud, run `npm start` first.",
  );
}
