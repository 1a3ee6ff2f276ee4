// A job container, by a program in C#.

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Pulumi.Mlops;
using Pulumi.Mlops.Inputs;

return await Deployment.RunAsync(() =>
{
    var config = new Config();
    var repository = config.RequireObject<Dictionary<string, string>>("repository");
    var registry = config.RequireObject<Dictionary<string, string>>("registry");

    var jobContainer = new JobContainer("job-container", new JobContainerArgs
    {
        Project = config.Require("project"),
        Repository = new RepositoryArgs { Kind = RepositoryKind.AzureRepos, Name = repository["name"] },
        Registry = new RegistryArgs { Kind = RegistryKind.New, Name = registry["name"] },
        ImageName = "mlops/diabetes_regression",
        BaseImage = config.Get("baseImage"),
        CondaChannel = config.Get("condaChannel"),
        LockFolder = config.Get("lockFolder"),
        Builder = config.Get("builder"),
        ModelPipelines = { new ModelPipelineArgs { Path = "pipelines/model-ci.yml" } },
        EnvironmentPolicy = EnvironmentPolicy.Error,
        Protect = config.GetBoolean("protect"),
    });

    // By these the commands and the environments of branches find it.
    string[] names =
    {
        "registry", "resourceGroup", "image", "serviceConnection", "pushConnection", "imageBuildPipeline", "modelPipelines",
    };
    return names.ToDictionary(name => name, name => (object?)jobContainer.StackOutputs.Apply(all => all.GetValueOrDefault(name)));
});
