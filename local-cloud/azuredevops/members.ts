/** What a member of the organization may do beside reading, by the group or the permission that gives it. */
export type Right =
  /** Build Administrators. */
  | "administer pipelines"
  /** Endpoint Administrators and Endpoint Creators. */
  | "administer service connections"
  /** Administrator, in the library. */
  | "administer variable groups"
  /** Edit policies, on the repository. */
  | "edit policies"
  /** Contribute, on the repository. */
  | "contribute"
  /** Contribute to pull requests, on the repository. */
  | "contribute to pull requests";

/** An identity that is no person's. */
export interface Member {
  /** As refusals call it. */
  name: string;
  rights: readonly Right[];
}

/** Who asks for something. */
export interface Caller {
  name: string;
  /** Bypass policies when pushing: the permission on the repository. */
  bypassesPolicies: boolean;
}

/** The owner of the personal access token. */
export const operatorName = "Local operator";

/** As whom runs are in Azure DevOps. */
export const buildService: Member = {
  name: "Build\\8f2d6c1a-5b7e-4d3f-9a0c-2e4b6d8f0a1c",
  rights: ["contribute to pull requests"],
};

/** As whom the infrastructure pipeline deploys, with what docs/pull-requests.md gives it. */
export const deployments: Member = {
  name: "Deployments",
  rights: ["administer pipelines", "administer service connections", "edit policies"],
};

/** As whom it previews. */
export const previews: Member = { name: "Previews", rights: [] };
