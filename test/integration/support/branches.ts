import { localAuthor } from "../../../local-cloud/git/commit-files";
import { checkedOutFiles } from "../../../local-cloud/repository/files";
import * as repository from "../../../local-cloud/repository/push";
import { projectRoot } from "../../support/repository";
import { localCloud } from "./local-cloud";

/**
 * Pushes a folder of the project to a branch of the local repository: what `git push` does elsewhere. What a test's copy
 * of the program lacks, which pipelines need, is as it is in the project.
 */
export async function pushBranch(directory: string, branch: string): Promise<void> {
  const both = [projectRoot, directory].flatMap((root) => checkedOutFiles(root).files);
  // The copy has links to what it does not change. The example's tests need more than there is in a small image.
  const pushed = both.filter(
    ({ mode, path }) => mode !== "120000" && !path.startsWith("examples/diabetes_regression/"),
  );
  const files = new Map(pushed.map((file) => [file.path, file]));
  // Its pipelines run when the test says so.
  const options = { skipCi: true };
  await repository.pushBranch(localCloud(), branch, [...files.values()], localAuthor, options);
}

/** Deletes a branch of the local repository. */
export async function deleteBranch(branch: string): Promise<void> {
  await repository.deleteBranch(localCloud(), branch);
}
