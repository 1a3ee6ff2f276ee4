import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { tenantId } from "../../local-cloud/cloud/identity";
import { layoutOf } from "../../local-cloud/cloud/layout";
import { cloudStatus } from "../../local-cloud/cloud/status";
import { findOpenTofu } from "../acceptance/tools";
import { projectRepository } from "../support/repository";

const execute = promisify(execFile);

/** The Azure DevOps resources of this program's stack in OpenTofu's language: two connections, two pipelines and what they may use. */
const configuration = (project: string, repository: string) => `
terraform {
  required_providers {
    azuredevops = { source = "microsoft/azuredevops" }
  }
}
data "azuredevops_project" "project" {
  name = ${JSON.stringify(project)}
}
data "azuredevops_git_repository" "repository" {
  project_id = data.azuredevops_project.project.id
  name       = ${JSON.stringify(repository)}
}
resource "azuredevops_serviceendpoint_azurecr" "connection" {
  for_each                               = toset(["pull", "push"])
  project_id                             = data.azuredevops_project.project.id
  service_endpoint_name                  = "peer-\${each.key}"
  service_endpoint_authentication_scheme = "WorkloadIdentityFederation"
  resource_group                         = "peer"
  azurecr_name                           = "peer"
  azurecr_spn_tenantid                   = ${JSON.stringify(tenantId)}
  azurecr_subscription_id                = "00000000-0000-0000-0000-000000000001"
  azurecr_subscription_name              = "peer"
  credentials { serviceprincipalid = "00000000-0000-0000-0000-000000000002" }
}
resource "azuredevops_build_definition" "pipeline" {
  for_each   = { pull = "pipelines/model-ci.yml", push = "docker/docker-image-pipeline.yml" }
  project_id = data.azuredevops_project.project.id
  name       = "peer-\${each.key}"
  repository {
    repo_type   = "TfsGit"
    repo_id     = data.azuredevops_git_repository.repository.id
    branch_name = data.azuredevops_git_repository.repository.default_branch
    yml_path    = each.value
  }
  ci_trigger { use_yaml = true }
}
resource "azuredevops_pipeline_authorization" "permission" {
  for_each    = toset(["pull", "push"])
  project_id  = data.azuredevops_project.project.id
  resource_id = azuredevops_serviceendpoint_azurecr.connection[each.key].id
  pipeline_id = azuredevops_build_definition.pipeline[each.key].id
  type        = "endpoint"
}
`;

/** OpenTofu with the Azure DevOps resources alone, made once in a local cloud: what others have in the place of this program. */
export class Peer {
  private readonly folder = mkdtempSync(join(tmpdir(), "peer-"));

  private constructor(
    private readonly tofu: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** @returns undefined where OpenTofu or its provider is not built: `npm run test:acceptance` builds them */
  static async make(cloud: string): Promise<Peer | undefined> {
    const built = findOpenTofu(process.env);
    const status = cloudStatus(layoutOf(cloud));
    if (built === undefined || !status.running) return undefined;
    const { azureDevOps } = status;
    const peer = new Peer(built.tofu, {
      ...process.env,
      AZDO_ORG_SERVICE_URL: azureDevOps.orgServiceUrl,
      AZDO_PERSONAL_ACCESS_TOKEN: azureDevOps.personalAccessToken,
      CHECKPOINT_DISABLE: "1",
    });
    const override = `"microsoft/azuredevops" = ${JSON.stringify(dirname(built.provider))}`;
    const file = peer.write("tofurc", `provider_installation {\n  dev_overrides {\n    ${override}\n  }\n}\n`);
    peer.environment.TF_CLI_CONFIG_FILE = file;
    peer.write("main.tf", configuration(azureDevOps.project, projectRepository.name));
    await peer.run("apply", "-auto-approve");
    return peer;
  }

  /** Plans, and finds nothing to do. */
  async plan(): Promise<void> {
    await this.run("plan", "-detailed-exitcode");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  private run(...args: string[]) {
    return execute(this.tofu, [...args, "-input=false", "-no-color"], { cwd: this.folder, env: this.environment });
  }
}
