import { platformArch, platformNames } from "@conda-org/rattler";
import { platforms } from "../../../../src/conda/solve/platforms";

test("the platforms are those that rattler solves for", () => {
  expect(platforms).toEqual(platformNames.filter((name) => platformArch(name) !== null));
});
