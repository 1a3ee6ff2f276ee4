import { compare } from "@renovatebot/pep440";
import { findAffected } from "../../../src/advisories/affected";

type Event = { introduced?: string; fixed?: string; last_affected?: string; limit?: string };

/** What is said of a version by an entry with one range. */
const inRange = (version: string, events: Event[], type = "ECOSYSTEM") =>
  findAffected({ ranges: [{ type, events }], versions: [], severity: [] }, version, compare);

describe("a range that ends with a fix", () => {
  const events = [{ introduced: "1.0" }, { fixed: "1.5" }];
  test.each([
    ["0.9", undefined],
    ["1.0", { fixed: "1.5" }],
    ["1.5rc1", { fixed: "1.5" }],
    ["1.4.99", { fixed: "1.5" }],
    ["1.5", undefined],
    ["1.10", undefined],
  ])("%s", (version, expected) => expect(inRange(version, events)).toEqual(expected));

  test("that comes in several pieces, in any order, names the fix of the version's own piece", () => {
    const pieces = [{ fixed: "2.3" }, { introduced: "2.0" }, { introduced: "0" }, { fixed: "1.5" }];
    expect(inRange("1.0", pieces)).toEqual({ fixed: "1.5" });
    expect(inRange("1.7", pieces)).toBeUndefined();
    expect(inRange("2.1", pieces)).toEqual({ fixed: "2.3" });
    expect(inRange("2.3", pieces)).toBeUndefined();
  });
});

test.each([
  ["1.0", {}],
  ["1.5", {}],
  ["1.5.1", undefined],
])("a range that ends with the last affected version: %s", (version, expected) => {
  expect(inRange(version, [{ introduced: "0" }, { last_affected: "1.5" }])).toEqual(expected);
});

test.each([
  ["0.1", undefined],
  ["2.0", {}],
  ["9999", {}],
])("a range without an end: %s", (version, expected) => {
  expect(inRange(version, [{ introduced: "2.0" }])).toEqual(expected);
});

test("a limit ends every range, and a range of commits is about no version", () => {
  expect(inRange("1.9", [{ introduced: "0" }, { limit: "2.0" }])).toEqual({});
  expect(inRange("2.0", [{ introduced: "0" }, { limit: "2.0" }])).toBeUndefined();
  expect(inRange("1.0", [{ introduced: "0" }], "GIT")).toBeUndefined();
});

test("a list of versions has a version in any spelling", () => {
  const entry = { ranges: [], versions: ["1.0", "2.0rc1"], severity: [] };
  expect(findAffected(entry, "1.0.0", compare)).toEqual({});
  expect(findAffected(entry, "2.0", compare)).toBeUndefined();
});
