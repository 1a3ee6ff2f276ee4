package program;

import com.google.gson.JsonObject;
import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.mlops.JobContainer;
import com.pulumi.mlops.JobContainerArgs;
import com.pulumi.mlops.enums.EnvironmentPolicy;
import com.pulumi.mlops.enums.RegistryKind;
import com.pulumi.mlops.enums.RepositoryKind;
import com.pulumi.mlops.inputs.ModelPipelineArgs;
import com.pulumi.mlops.inputs.RegistryArgs;
import com.pulumi.mlops.inputs.RepositoryArgs;
import java.util.List;

/** A job container, by a program in Java. */
public class App {
    /** By these the commands and the environments of branches find it. */
    private static final List<String> OUTPUTS = List.of("registry", "resourceGroup", "image", "serviceConnection",
        "pushConnection", "imageBuildPipeline", "modelPipelines");

    public static void main(String[] args) {
        Pulumi.run(App::declare);
    }

    private static void declare(Context context) {
        var config = context.config();
        var repository = config.requireObject("repository", JsonObject.class).get("name").getAsString();
        var registry = config.requireObject("registry", JsonObject.class).get("name").getAsString();

        var settings = JobContainerArgs.builder()
            .project(config.require("project"))
            .repository(RepositoryArgs.builder().kind(RepositoryKind.AzureRepos).name(repository).build())
            .registry(RegistryArgs.builder().kind(RegistryKind.New).name(registry).build())
            .imageName("mlops/diabetes_regression")
            .baseImage(config.get("baseImage").orElse(null))
            .condaChannel(config.get("condaChannel").orElse(null))
            .lockFolder(config.get("lockFolder").orElse(null))
            .builder_(config.get("builder").orElse(null))
            .modelPipelines(ModelPipelineArgs.builder().path("pipelines/model-ci.yml").build())
            .environmentPolicy(EnvironmentPolicy.Error)
            .protect(config.getBoolean("protect").orElse(null))
            .build();
        var jobContainer = new JobContainer("job-container", settings);

        for (var name : OUTPUTS) {
            context.export(name, jobContainer.stackOutputs().applyValue(all -> all.get(name)));
        }
    }
}
