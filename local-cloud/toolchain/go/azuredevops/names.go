package azuredevops

// The published plugin's names that do not follow from the Terraform names:
// Terraform name without its "azuredevops_" to Pulumi name.

var resourceNames = map[string]string{
	"agent_pool":                        "Pool",
	"agent_queue":                       "Queue",
	"git_repository":                    "Git",
	"iteration_permissions":             "IterativePermissions",
	"serviceendpoint_artifactory":       "ServiceEndpointArtifactory",
	"serviceendpoint_aws":               "ServiceEndpointAws",
	"serviceendpoint_azurecr":           "ServiceEndpointAzureEcr",
	"serviceendpoint_azuredevops":       "ServiceEndpointAzureDevOps",
	"serviceendpoint_azurerm":           "ServiceEndpointAzureRM",
	"serviceendpoint_bitbucket":         "ServiceEndpointBitBucket",
	"serviceendpoint_dockerregistry":    "ServiceEndpointDockerRegistry",
	"serviceendpoint_generic":           "ServiceEndpointGeneric",
	"serviceendpoint_generic_git":       "ServiceEndpointGenericGit",
	"serviceendpoint_github":            "ServiceEndpointGitHub",
	"serviceendpoint_github_enterprise": "ServiceEndpointGitHubEnterprise",
	"serviceendpoint_gitlab":            "ServiceEndpointGitLab",
	"serviceendpoint_kubernetes":        "ServiceEndpointKubernetes",
	"serviceendpoint_npm":               "ServiceEndpointNpm",
	"serviceendpoint_runpipeline":       "ServiceEndpointPipeline",
	"serviceendpoint_servicefabric":     "ServiceEndpointServiceFabric",
	"serviceendpoint_sonarcloud":        "ServiceEndpointSonarCloud",
	"serviceendpoint_sonarqube":         "ServiceEndpointSonarQube",
	"serviceendpoint_ssh":               "ServiceEndpointSsh",
	"user_entitlement":                  "User",
	"workitemquery_permissions":         "WorkItemQueryPermissions",
}

var functionNames = map[string]string{
	"agent_pool":              "getPool",
	"agent_pools":             "getPools",
	"git_repositories":        "getRepositories",
	"identity_user":           "getIdentityUsers",
	"serviceendpoint_azurerm": "getServiceEndpointAzureRM",
	"serviceendpoint_github":  "getServiceEndpointGithub",
}
