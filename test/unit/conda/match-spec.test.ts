import { parseMatchSpec } from "../../../src/conda/match-spec";

describe("a conda specification is read as conda reads it", () => {
  test.each([
    ["numpy", { name: "numpy", text: "", pinned: false }],
    ["NumPy==1.26", { name: "numpy", text: "==1.26", pinned: true }],
    ["numpy=1.26", { name: "numpy", text: "1.26.*", pinned: true }],
    ["numpy 1.26.*", { name: "numpy", text: "1.26.*", pinned: true }],
    ["numpy 1.26", { name: "numpy", text: "==1.26", pinned: true }],
    ["numpy >=1.26, <2", { name: "numpy", text: ">=1.26,<2", pinned: false }],
    ["numpy=1.26|2.0", { name: "numpy", text: "1.26.*|==2.0", pinned: false }],
    ["numpy!=1.26.*", { name: "numpy", text: "!=1.26.*", pinned: false }],
    ["numpy~=1.26.1", { name: "numpy", text: "~=1.26.1", pinned: true }],
    ["numpy=1.26.4=py311*", { name: "numpy", text: "==1.26.4", pinned: true, build: "py311*" }],
    ["numpy=*=*openblas", { name: "numpy", text: "", pinned: false, build: "*openblas" }],
    ["conda-forge::numpy=1.26", { name: "numpy", text: "1.26.*", pinned: true, channel: "conda-forge" }],
    [
      "https://example.com/channel::numpy",
      { name: "numpy", text: "", pinned: false, channel: "https://example.com/channel" },
    ],
    ["pytorch[version='>=2.4',build=cuda*]", { name: "pytorch", text: ">=2.4", pinned: false, build: "cuda*" }],
  ])("%s", async (text, { name, text: version, pinned, ...rest }) => {
    const { constraint, ...read } = await parseMatchSpec(text);
    expect({ ...read, text: constraint.text, pinned: constraint.pinned }).toEqual({
      name,
      text: version,
      pinned,
      ...rest,
    });
  });
});

describe("versions are compared as conda compares them", () => {
  test.each([
    ["numpy=1.26", "1.26.4", true],
    ["numpy=1.26", "1.260", false],
    ["numpy==1.26", "1.26.0", true],
    ["numpy<2", "2.0rc1", true],
    ["numpy>=2.0a0", "2.0rc1", true],
    ["openssl>1.0.2f", "1.0.2g", true],
    ["numpy=1!2", "1!2.1", true],
    ["numpy", "not a version!", false],
  ])("%s accepts %s: %s", async (text, version, accepted) => {
    expect((await parseMatchSpec(text)).constraint.accepts(version)).toBe(accepted);
  });
});

describe("what conda would not take is refused, with the reason", () => {
  test.each([
    ["", /names no package/],
    ["==1.0", /names no package/],
    ["num*", /"num\*" is not the name of a package/],
    ["*", /"\*" is not the name of a package/],
    ["@numpy", /is not the name of a package/],
    ["a:b:numpy", /is not the name of a package/],
    ["numpy==", /unable to parse version spec: ==/],
    ["numpy=>1", /unable to parse version spec: =>1/],
    ["numpy=1.*.2", /regex constraints are not supported/],
    ["numpy[versoin=1]", /invalid bracket key: versoin/],
    ["numpy[channel=conda-forge]", /channel::package/],
    ["numpy >=1.26 <2", /conda takes "<2" for a build: write a comma/],
  ])("%s", async (text, reason) => {
    await expect(parseMatchSpec(text)).rejects.toThrow(reason);
  });
});
