// A job container, by a program in Go.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/pulumi-mlops/sdk/go/mlops"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var repository mlops.RepositoryArgs
		var registry mlops.RegistryArgs
		settings := config.New(ctx, "")
		settings.RequireObject("repository", &repository)
		settings.RequireObject("registry", &registry)

		jobContainer, err := mlops.NewJobContainer(ctx, "job-container", &mlops.JobContainerArgs{
			Project:        settings.Require("project"),
			Repository:     repository,
			Registry:       registry,
			ImageName:      pulumi.StringRef("mlops/diabetes_regression"),
			ModelPipelines: mlops.ModelPipelineArray{mlops.ModelPipelineArgs{Path: "pipelines/model-ci.yml"}},
		})
		if err != nil {
			return err
		}
		ctx.Export("registry", jobContainer.Registry)
		ctx.Export("image", jobContainer.Image)
		return nil
	})
}
