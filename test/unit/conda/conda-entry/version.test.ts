import { CondaVersion } from "../../../../src/conda/conda-entry/version";
import { parseVersionSpec } from "../../../../src/conda/conda-entry/version-spec";

// The versions and specifications are those of conda's own tests: tests/models/test_version.py.

describe("versions are ordered as conda orders them", () => {
  test.each([
    [
      "of all forms",
      "0.4 0.4.1a.vc11 0.4.1.rc 0.4.1.vc11 0.4.1 0.5* 0.5a1 0.5b3 0.5C1 0.5z 0.5za 0.5 0.5_5 0.9.6 0.960923 1.0 1.0.4a3 " +
        "1.0.4b1 1.0.4 1.1dev1 1.1_ 1.1a1 1.1.dev1 1.1.a1 1.1 1.1.post1 1.1.1dev1 1.1.1rc1 1.1.1 1.1.1post1 1.1post1 2g6 " +
        "2.0b1pr0 2.2be.ta29 2.2be5ta29 2.2beta29 2.2.0.1 3.1.1.6 3.2.p.r0 3.2.pr0 3.2.pr.1 5.5.kw 11g 14.3.1 " +
        "14.3.1.post26.g9d75ca2 1996.07.12 1!0.4.1 1!3.1.1.6 2!0.4.1",
    ],
    [
      "of openssl",
      "1.0.1dev 1.0.1_ 1.0.1a 1.0.1b 1.0.1c 1.0.1d 1.0.1r 1.0.1rc 1.0.1rc1 1.0.1rc2 1.0.1s 1.0.1 1.0.1post.a 1.0.1post.b " +
        "1.0.1post.z 1.0.1post.za 1.0.2",
    ],
    [
      "of PEP 440",
      "1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0c1.dev456 1.0c1 1.0c3 " +
        "1.0rc2 1.0.dev456 1.0 1.0.post456.dev34 1.0.post456 1.1.dev1 1.2.r32+123456 1.2.rev33+123456 1.2+abc " +
        "1.2+abc123def 1.2+abc123 1.2+123abc 1.2+123abc456 1.2+1234.abc 1.2+123456 1!1.0a1",
    ],
  ])("%s", (_, list) => {
    const versions = list.split(" ").map((text) => ({ text, version: CondaVersion.parse(text) }));
    for (const [index, { text, version }] of versions.entries()) {
      for (const later of versions.slice(index + 1)) {
        expect([text, later.text, version.compare(later.version) < 0]).toEqual([text, later.text, true]);
        expect([later.text, text, later.version.compare(version) > 0]).toEqual([later.text, text, true]);
      }
    }
  });

  test.each([
    ["  0.4.rc  ", "0.4.RC"],
    ["0.4", "0.4.0"],
    ["0.4.a1", "0.4.0a1"],
    ["0.5-5", "0.5_5"],
  ])("%s is %s", (one, two) => {
    expect(CondaVersion.parse(one).compare(CondaVersion.parse(two))).toBe(0);
  });

  test.each(["", "  ", "3.5&1", "5.5++", "5.5..mw", "!", "a!1.0", "a!b!1.0", "1.2+", "+1.2", "+1.2+", "++", "1.0+a+b"])(
    "%j is none",
    (text) => {
      expect(() => CondaVersion.parse(text)).toThrow(/is not a version/);
    },
  );
});

describe("a series has the versions that conda's `startswith` finds in it", () => {
  test.each([
    ["0.4.1", "0", true],
    ["0.4.1", "0.4", true],
    ["0.4.1p1", "0.4", true],
    ["0.4.1p1", "0.4.1p", true],
    ["0.4.1p1", "0.4.1q1", false],
    ["0.4", "0.4.1", false],
    ["0.4.1+1.3", "0.4.1", true],
    ["0.4.1+1.3", "0.4.1+1", true],
    ["0.4.1", "0.4.1+1.3", false],
    ["0.4.1+1", "0.4.1+1.3", false],
    ["1.1.1d", "1.1.1", true],
    ["1.1.1d", "1.1", true],
    ["1.1.10", "1.1.1", false],
  ])("%s in %s: %s", (version, series, is) => {
    expect(CondaVersion.parse(version).startsWith(CondaVersion.parse(series))).toBe(is);
  });
});

describe("a specification accepts what conda's accepts", () => {
  test.each([
    ...["1.7.*", "1.7.1", ">=1.5", "!=1.5", "==1.7.1", "==1.7.1.0", "1.7.*|1.8.*", ">1.7,<1.8", "*", "1.*.1"],
    ...["1.5.*|>1.7,<1.8", "( (1.5|((1.6|1.7), 1.8), 1.9 |2.0))|1.7.1", ">=1,*.7.*", "*.7.*,>=1", ">1.7.1a"],
  ])("1.7.1: %s", (text) => {
    expect(parseVersionSpec(text).accepts("1.7.1")).toBe(true);
  });

  test.each([
    ...["1.7.0", "1.7", "1.5.*", "!=1.7.1", "==1.7", "==1.7.2", ">1.7.1,<1.8", "1.5.*|>1.7,<1.7.1", ">=1,*.8.*"],
    ...[">=2,*.7.*", "1.6*|1.8*"],
  ])("1.7.1 not: %s", (text) => {
    expect(parseVersionSpec(text).accepts("1.7.1")).toBe(false);
  });

  test.each([
    ["1.7.0", "==1.7", true],
    ["1.7.0", ">1.7", false],
    ["2013a", ">2013b", false],
    ["2013k", ">2013b", true],
    ["3.0.0", ">2013b", false],
    ["1.0.0", ">1.0.0a", true],
    ["1.0.0", ">1.0.0*", true],
    ["1.0", "1.0.0*", true],
    ["1.0.1", "1.0.0*", false],
    ["2013a", "2013b*", false],
    ["2013ab", "2013a*", true],
    ["1.2.3+4.5.6", "1.2.3*", true],
    ["1.2.3+4.5.6", "1.2.3+4*", true],
    ["1.2.3+4.5.6", "1.2.3+5*", false],
    ["3.3.1", "=3.3.*", true],
    ["3.3.0.0", "!=3.3", false],
    ["3.3.1", "!=3.3.*", false],
    ["3.4a", ">=2.7, !=3.0.*, !=3.3.*", true],
    ["1.11.0", "~=1.10", true],
    ["1.11.0", "~=1.10.0", false],
    ["3.4.0", "~=3.3.2", false],
  ])("%s: %s is %s", (version, text, accepted) => {
    expect(parseVersionSpec(text).accepts(version)).toBe(accepted);
  });

  test.each([
    "><2.4.5",
    "!!2.4.5",
    "!",
    "(1.5",
    "1.5)",
    "1.5||1.6",
    "^1.5",
    "~",
    "^",
    "1.2+",
    "c +, 0/|0 *",
    "a=)(=b",
    "==",
    ">=",
  ])("%s is none", (text) => {
    expect(() => parseVersionSpec(text)).toThrow();
  });
});
