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
    builder=config.get("builder"),
    model_pipelines=[{"path": "pipelines/model-ci.yml"}],
    environment_policy=mlops.EnvironmentPolicy.ERROR,
    protect=config.get_bool("protect"),
)

# By these the commands and the environments of branches find it.
pulumi.export("registry", job_container.registry)
pulumi.export("resourceGroup", job_container.resource_group)
pulumi.export("image", job_container.image)
pulumi.export("serviceConnection", job_container.service_connection)
pulumi.export("pushConnection", job_container.push_connection)
pulumi.export("imageBuildPipeline", job_container.image_build_pipeline)
pulumi.export("modelPipelines", job_container.model_pipelines)
