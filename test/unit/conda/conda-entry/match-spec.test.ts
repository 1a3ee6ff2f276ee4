import { parseMatchSpec } from "../../../../src/conda/conda-entry/match-spec";

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
    ["numpy = 1.20 = py39_0", { name: "numpy", text: "==1.20", pinned: true, build: "py39_0" }],
    ["numpy >=1.0 , < 2.0 py34_0", { name: "numpy", text: ">=1.0,<2.0", pinned: false, build: "py34_0" }],
    ["numpy[channel=conda-forge]", { name: "numpy", text: "", pinned: false, channel: "conda-forge" }],
    ["conda-forge/linux-64::numpy", { name: "numpy", text: "", pinned: false, channel: "conda-forge" }],
    ["numpy[track_features=x]", { name: "numpy", text: "", pinned: false }],
    ["numpy[version=1.10 build=py38_0]", { name: "numpy", text: "==1.10", pinned: true, build: "py38_0" }],
    ["numpy[version='1.7|1.8']", { name: "numpy", text: "==1.7|==1.8", pinned: false }],
    ["numpy===1.20", { name: "numpy", text: "==1.20", pinned: true }],
    ["numpy==1.7.*", { name: "numpy", text: "1.7.*", pinned: true }],
    ["numpy!=1.10 py38_0", { name: "numpy", text: "!=1.10", pinned: false, build: "py38_0" }],
    ["numpy (1.5|1.6),!=1.5.1", { name: "numpy", text: "(==1.5|==1.6),!=1.5.1", pinned: false }],
    ["openssl=1.1.1_", { name: "openssl", text: "1.1.1_.*", pinned: true }],
    ["x264=1!161.3030", { name: "x264", text: "1!161.3030.*", pinned: true }],
    ["_libgcc_mutex=0.1=conda_forge", { name: "_libgcc_mutex", text: "==0.1", pinned: true, build: "conda_forge" }],
    ["__glibc>=2.17", { name: "__glibc", text: ">=2.17", pinned: false }],
    ["ca-certificates=2026.01.21", { name: "ca-certificates", text: "2026.01.21.*", pinned: true }],
    [
      "https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py311h64a7726_0.conda#d41d8cd98f00b204",
      {
        name: "numpy",
        text: "==1.26.4",
        pinned: true,
        channel: "https://conda.anaconda.org/conda-forge",
        build: "py311h64a7726_0",
      },
    ],
    [
      "https://example.com/private/noarch/our-model-1.0-0.tar.bz2",
      { name: "our-model", text: "==1.0", pinned: true, channel: "https://example.com/private", build: "0" },
    ],
    ["pytorch[version='>=2.4',build=cuda*]", { name: "pytorch", text: ">=2.4", pinned: false, build: "cuda*" }],
  ])("%s", async (text, { name, text: version, pinned, ...rest }) => {
    const { constraint, ...read } = parseMatchSpec(text);
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
    ["openssl=1.1.1", "1.1.1d", true],
    ["openssl=1.1.1", "1.1.10", false],
    ["openssl 1.1.1*", "1.1.1w", true],
    ["jpeg=9", "9e", true],
    ["jpeg=9e", "9f", false],
    ["tzdata=2024", "2024b", true],
    ["numpy=2.0", "2.0rc1", true],
    ["numpy 1.*.2", "1.26.2", true],
    ["numpy 1.*.2", "1.26.3", false],
    ["numpy", "not a version!", false],
  ])("%s accepts %s: %s", async (text, version, accepted) => {
    expect(parseMatchSpec(text).constraint.accepts(version)).toBe(accepted);
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
    ["numpy==", /"==" compares with no version/],
    ["numpy= ", /"=" compares with no version/],
    ["numpy>=", /">=" is not a version, nor a comparison/],
    ["numpy=>1", /write ">=" for "=>"/],
    ["numpy=<1", /write "<=" for "=<"/],
    ["numpy~=1.*", /"~=" takes a version without "\.\*"/],
    ["numpy ^1\\.2$", /reads no regular expression/],
    ["numpy (>=1.2)", /takes no notice of what is in parentheses/],
    ["numpy >=1.2,(<2", /do not match/],
    ["numpy[versoin=1]", /"versoin" in brackets is none of version, build, /],
    ["numpy[mkl]", /is not a list of key=value/],
    ["numpy >=1.26 <2", /write a comma between two comparisons/],
    ["numpy 1.20 >1", /write a comma between two comparisons/],
    ["numpy=1.20 pandas=1.2", /more than a version and a build: list each package by itself/],
    ["numpy>=1.20 pandas>=1.2", /a comma|list each package by itself/],
    ["numpy 1.20, pandas 1.2", /"pandas" is not a version|list each package by itself/],
    ["numpy pandas", /"pandas" is not a version, which has digits: list each package/],
    ["numpy, pandas", /"numpy," is not the name of a package/],
    ["numpy=1.20=py39;0", /conda takes "py39;0" for a build/],
    ["-r requirements.txt", /an option of pip belongs in the pip section/],
    ["--pre", /an option of pip belongs in the pip section/],
    ["-e .", /an option of pip belongs in the pip section/],
    ["-python=3.11", /write a space behind the dash: "- python=3.11"/],
    ["https://example.com/numpy-1.0-0.conda", /its name and version are not known/],
    ["./numpy-1.0-0.tar.bz2", /its name and version are not known/],
  ])("%s", async (text, reason) => {
    expect(() => parseMatchSpec(text)).toThrow(reason);
  });
});
