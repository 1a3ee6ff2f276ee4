// Command pulumi-resource-azuredevops is the plugin that Pulumi's engine runs.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	azuredevops "job-container/toolchain/azuredevops"
)

//go:generate go run -trimpath ../schema schema.json
//go:embed schema.json
var schema []byte

func main() {
	tfbridge.Main(azuredevops.Name, azuredevops.Version, azuredevops.Provider(), schema)
}
