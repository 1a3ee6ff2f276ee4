import { Variables } from "../../../../local-cloud/agent/variables";

describe("a variable", () => {
  const variables = new Variables();
  variables.set("Image.Name", "mlops/$(team)");
  variables.set("team", "model");
  variables.set("round", "a$(round)");
  variables.set("password", "s3cret", true);

  test.each([
    ["$(team)", "model"],
    ["in $(IMAGE.NAME):$(team)!", "in mlops/model:model!"],
    ["$(unknown) $(team)", "$(unknown) model"],
    ["$(unknown $(team)", "$(unknown model"],
    ["$(password)", "s3cret"],
    ["$(team", "$(team"],
    ["$[variables.team] $TEAM $((1))", "$[variables.team] $TEAM $((1))"],
  ])("%s is expanded to %s", (text, expected) => {
    expect(variables.expand(text)).toBe(expected);
  });

  test("that refers to itself does not expand for ever", () => {
    expect(variables.expand("$(round)")).toMatch(/^a+\$\(round\)$/);
  });

  test("is in the environment in upper case, with _ for dots and spaces, unless it is secret", () => {
    const { ROUND, ...others } = variables.environment();
    expect(ROUND).toContain("a");
    expect(others).toEqual({ IMAGE_NAME: "mlops/model", TEAM: "model" });
  });

  test("that was secret stays so, whoever sets it", () => {
    const copy = variables.copy();
    copy.set("PASSWORD", "other");
    expect(copy.environment()).not.toHaveProperty("PASSWORD");
    expect([copy.get("password"), variables.get("password")]).toEqual(["other", "s3cret"]);
  });
});
