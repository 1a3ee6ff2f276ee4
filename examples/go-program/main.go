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
			BaseImage:      text(settings.Get("baseImage")),
			CondaChannel:   text(settings.Get("condaChannel")),
			LockFolder:     text(settings.Get("lockFolder")),
			Builder:        text(settings.Get("builder")),
			ModelPipelines: mlops.ModelPipelineArray{mlops.ModelPipelineArgs{Path: "pipelines/model-ci.yml"}},
			Protect:        pulumi.BoolRef(settings.Get("protect") != "false"),
		})
		if err != nil {
			return err
		}

		// By these the commands and the environments of branches find it.
		ctx.Export("registry", jobContainer.Registry)
		ctx.Export("resourceGroup", jobContainer.ResourceGroup)
		ctx.Export("image", jobContainer.Image)
		ctx.Export("serviceConnection", jobContainer.ServiceConnection)
		ctx.Export("pushConnection", jobContainer.PushConnection)
		ctx.Export("imageBuildPipeline", jobContainer.ImageBuildPipeline)
		ctx.Export("modelPipelines", jobContainer.ModelPipelines)
		return nil
	})
}

// text is a setting of the stack, or the default if there is none.
func text(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
