import { summary } from "../../../../local-cloud/start/summary";

test("the summary has every part, its tags and URLs, and what to try next", () => {
  const text = summary({
    projectUrl: "http://127.0.0.1:9480/local/mlops",
    registry: { name: "mlopscr", loginServer: "127.0.0.1:9490" },
    image: { repository: "mlops/diabetes_regression", digest: "sha256:0123", tags: ["amlsdk-1.0.0", "latest"] },
    connections: [
      { role: "service connection", id: "1f0c", name: "acrconnection", scheme: "WorkloadIdentityFederation" },
      { role: "  that pushes", id: "2e1d", name: "acrconnection-push", scheme: "WorkloadIdentityFederation" },
    ],
    pipelines: [
      { role: "image-build pipeline", name: "image", url: "http://127.0.0.1:9480/1" },
      { role: "model pipeline", name: "model", url: "http://127.0.0.1:9480/2" },
    ],
  });
  expect(text.split("What to try next")[0]).toBe(`
What exists now
  container registry    mlopscr at 127.0.0.1:9490
  image                 mlops/diabetes_regression
    digest              sha256:0123
    tags                amlsdk-1.0.0, latest
  service connection    acrconnection (WorkloadIdentityFederation, 1f0c)
    that pushes         acrconnection-push (WorkloadIdentityFederation, 2e1d)
  image-build pipeline  image  http://127.0.0.1:9480/1
  model pipeline        model  http://127.0.0.1:9480/2
  in a browser          http://127.0.0.1:9480/local/mlops

`);
  for (const command of ["exec -- pulumi preview --diff", "status", "stop", "reset"]) {
    expect(text).toContain(`npx local-cloud ${command}  `);
  }
});
