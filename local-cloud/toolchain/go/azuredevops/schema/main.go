// Command schema writes the provider's Pulumi schema to the file that its
// argument names. The plugin embeds it, so this runs before the plugin is built.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"

	azuredevops "job-container/toolchain/azuredevops"
)

func main() {
	if err := writeSchema(os.Args[1]); err != nil {
		// Not by way of package log, whose output the Terraform SDK redirects.
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func writeSchema(file string) error {
	result, err := tfgen.GenerateSchemaWithOptions(tfgen.GenerateSchemaOptions{
		ProviderInfo:  azuredevops.Provider(),
		XInMemoryDocs: true,
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(result.PackageSpec)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
