// Package azuredevops describes the Azure DevOps provider to Pulumi: the
// Terraform provider of the same name, bridged under the type tokens of the
// published Pulumi plugin of the same version.
package azuredevops

import (
	upstream "github.com/microsoft/terraform-provider-azuredevops/azuredevops"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	tks "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

const (
	// Name is the Pulumi package's name.
	Name = "azuredevops"
	// Version is that of the published plugin whose names are used here.
	Version = "3.15.0"

	module = "index"
)

// Provider is what the plugin serves and what the schema is made from.
func Provider() tfbridge.ProviderInfo {
	provider := tfbridge.ProviderInfo{
		P:            shimv2.NewProvider(upstream.Provider()),
		Name:         Name,
		DisplayName:  "Azure DevOps",
		Version:      Version,
		License:      "Apache-2.0",
		Repository:   "https://github.com/pulumi/pulumi-azuredevops",
		GitHubOrg:    "microsoft",
		MetadataInfo: tfbridge.NewProviderMetadata(nil),
		Config: map[string]*tfbridge.SchemaInfo{
			"org_service_url": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"AZDO_ORG_SERVICE_URL"}}},
		},
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
		JavaScript:  &tfbridge.JavaScriptInfo{RespectSchemaVersion: true},
	}
	for terraform, name := range resourceNames {
		provider.Resources["azuredevops_"+terraform] = &tfbridge.ResourceInfo{Tok: tfbridge.MakeResource(Name, module, name)}
	}
	for terraform, name := range functionNames {
		provider.DataSources["azuredevops_"+terraform] = &tfbridge.DataSourceInfo{Tok: tfbridge.MakeDataSource(Name, module, name)}
	}
	provider.MustComputeTokens(tks.SingleModule("azuredevops_", module, tks.MakeStandard(Name)))
	provider.SetAutonaming(255, "-")
	return provider
}
