import { type Remote, readRemote } from "../../../../src/cli/init/remote";

const contoso = "https://dev.azure.com/contoso";
const azure = (organizationUrl: string, project: string, name: string): Remote => ({
  kind: "azureRepos",
  organizationUrl,
  project,
  name,
});

test.each<[string, Remote | undefined]>([
  ["https://dev.azure.com/contoso/mlops/_git/diabetes", azure(contoso, "mlops", "diabetes")],
  ["https://contoso@dev.azure.com/contoso/mlops/_git/diabetes", azure(contoso, "mlops", "diabetes")],
  ["https://someone:secret@dev.azure.com/contoso/My%20Project/_git/my%20repo", azure(contoso, "My Project", "my repo")],
  ["https://dev.azure.com/contoso/_git/diabetes", azure(contoso, "diabetes", "diabetes")],
  ["git@ssh.dev.azure.com:v3/contoso/mlops/diabetes", azure(contoso, "mlops", "diabetes")],
  ["ssh://git@ssh.dev.azure.com/v3/contoso/mlops/diabetes", azure(contoso, "mlops", "diabetes")],
  ["contoso@vs-ssh.visualstudio.com:v3/contoso/mlops/diabetes", azure(contoso, "mlops", "diabetes")],
  ["https://contoso.visualstudio.com/mlops/_git/diabetes", azure(contoso, "mlops", "diabetes")],
  ["https://contoso.visualstudio.com/DefaultCollection/mlops/_git/diabetes/", azure(contoso, "mlops", "diabetes")],
  ["https://contoso.visualstudio.com/_git/diabetes", azure(contoso, "diabetes", "diabetes")],
  ["http://127.0.0.1:9480/local/mlops/_git/diabetes", azure("http://127.0.0.1:9480/local", "mlops", "diabetes")],
  [
    "https://user:token@tfs.contoso.com/tfs/Collection/mlops/_git/diabetes",
    azure("https://tfs.contoso.com/tfs/Collection", "mlops", "diabetes"),
  ],
  ["https://dev.azure.com/contoso/100%/_git/diabetes", azure(contoso, "100%", "diabetes")],
  ["https://github.com/contoso/diabetes.git", { kind: "gitHub", name: "contoso/diabetes" }],
  ["https://token@github.com/contoso/diabetes", { kind: "gitHub", name: "contoso/diabetes" }],
  ["git@github.com:contoso/diabetes.git", { kind: "gitHub", name: "contoso/diabetes" }],
  ["ssh://git@github.com/contoso/diabetes.git", { kind: "gitHub", name: "contoso/diabetes" }],
  ["https://gitlab.com/contoso/diabetes.git", undefined],
  ["https://example.com/github.com/contoso/diabetes", undefined],
  ["../elsewhere", undefined],
  ["", undefined],
])("the remote %s", (url, remote) => {
  expect(readRemote(url)).toEqual(remote);
});
