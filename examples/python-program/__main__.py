"""A job container, by a program in Python."""

import pulumi
import pulumi_mlops as mlops

config = pulumi.Config()

job_container = mlops.JobContainer(
    "job-container",
    project=config.require("project"),
    repository=config.require_object("repository"),
    registry=config.require_object("registry"),
    image_name="mlops/diabetes_regression",
    base_image=config.get("baseImage"),
    conda_channel=config.get("condaChannel"),
    lock_folder=config.get("lockFolder"),
    builder=config.get("builder"),
    model_pipelines=[{"path": "pipelines/model-ci.yml"}],
    environment_policy=mlops.EnvironmentPolicy.ERROR,
    protect=config.get_bool("protect"),
)

# By these the commands and the environments of branches find it.
for name in (
    "registry",
    "resourceGroup",
    "image",
    "serviceConnection",
    "pushConnection",
    "imageBuildPipeline",
    "modelPipelines",
):
    value = job_container.stack_outputs.apply(
        lambda outputs, name=name: outputs.get(name)
    )
    pulumi.export(name, value)
