import type { Fix } from "../../../src/conda/finding";
import { applyFixes } from "../../../src/conda/fix";

const replace = (line: number, from: string, to: string): Fix => ({ kind: "replace", line, from, to });
const conda = (specification: string): Fix => ({ kind: "add", source: "conda", specification });
const pip = (specification: string): Fix => ({ kind: "add", source: "pip", specification });

const commented = `\
# Why this file is here.
name: ci\t# tab before a comment

channels: [ conda-forge ]   # spaces in brackets
dependencies:
    -   python=3.11   #\ttab in a comment
    # about numpy
    -   "numpy"   # double
    -   'pandas'  # single

    -   scikit-learn # plain
    # the end of the list
variables: {A: "1"}
`;

/** What each edit makes of a text: the lines that differ, as [line, new line]; everything else must be the same. */
function changes(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let first = 0;
  while (first < old.length && old[first] === now[first]) first++;
  let behind = 0;
  while (behind < old.length - first && behind < now.length - first && old.at(-1 - behind) === now.at(-1 - behind))
    behind++;
  return now.slice(first, now.length - behind);
}

describe("an entry is replaced, and nothing else", () => {
  test.each([
    [
      "with a comment behind it",
      commented,
      replace(11, "scikit-learn", "scikit-learn=1.9.1"),
      "    -   scikit-learn=1.9.1 # plain",
    ],
    ["in double quotes", commented, replace(8, "numpy", "numpy=2.4.6"), '    -   "numpy=2.4.6"   # double'],
    ["in single quotes", commented, replace(9, "pandas", "pandas=3.1.1"), "    -   'pandas=3.1.1'  # single"],
    [
      "with a tab in its comment",
      commented,
      replace(6, "python=3.11", "python=3.12"),
      "    -   python=3.12   #\ttab in a comment",
    ],
    [
      "with Windows' line ends",
      "dependencies:\r\n- numpy\r\n- pandas\r\n",
      replace(2, "numpy", "numpy=2"),
      "- numpy=2\r",
    ],
    ["at the end of a file without a line end", "dependencies:\n- numpy", replace(2, "numpy", "numpy=2"), "- numpy=2"],
    ["behind a byte order mark", "\uFEFFdependencies:\n- numpy\n", replace(2, "numpy", "numpy=2"), "- numpy=2"],
    ["with an anchor", "dependencies:\n- &np numpy # x\n", replace(2, "numpy", "numpy=2"), "- &np numpy=2 # x"],
    [
      "that is an alias",
      "name: &np numpy\ndependencies:\n- *np # x\n",
      replace(3, "numpy", "numpy=2"),
      "- numpy=2 # x",
    ],
    ["with spaces in its quotes", "dependencies:\n- ' numpy '\n", replace(2, "numpy", "numpy=2"), "- 'numpy=2'"],
    [
      "written as a block that ends a line",
      "dependencies:\n- |\n  numpy\n- b\n",
      replace(2, "numpy", "numpy=2"),
      "- numpy=2",
    ],
    [
      "in a list in brackets",
      "dependencies: [a, numpy ,'b'] # x\n",
      replace(1, "numpy", "numpy=2"),
      "dependencies: [a, numpy=2 ,'b'] # x",
    ],
    [
      "by one that needs quotes in brackets",
      "dependencies: [numpy]\n",
      replace(1, "numpy", "numpy>=1,<2"),
      'dependencies: ["numpy>=1,<2"]',
    ],
    [
      "by one that needs none in a line of its own",
      "dependencies:\n- numpy\n",
      replace(2, "numpy", "numpy>=1,<2"),
      "- numpy>=1,<2",
    ],
    [
      "in single quotes, by one with quotes",
      "dependencies:\n- 'a'\n",
      replace(2, "a", "a[version='1']"),
      "- 'a[version=''1'']'",
    ],
    ["over two lines", "dependencies:\n- numpy\n   >=1\n- b\n", replace(2, "numpy >=1", "numpy=2"), "- numpy=2"],
    ["written as a block", "dependencies:\n- >-\n  numpy\n- b\n", replace(2, "numpy", "numpy=2"), "- numpy=2"],
    ["in pip's list", "dependencies:\n- pip:\n  - numpy # x\n", replace(3, "numpy", "numpy==2"), "  - numpy==2 # x"],
    ["in a second pip list", "dependencies:\n- pip: [a]\n- pip: [b]\n", replace(3, "b", "b==2"), "- pip: [b==2]"],
    ["that another has as its beginning", "dependencies:\n- a-b\n- a\n", replace(3, "a", "a=1"), "- a=1"],
  ])("%s", (_, text, fix, line) => {
    const fixed = applyFixes(text, [fix]);
    expect(changes(text, fixed)).toEqual([line]);
    expect(applyFixes(fixed, [fix])).toBe(fixed);
  });
});

describe("a package is added", () => {
  test.each([
    ["behind the last, indented and spaced like it", commented, [conda("joblib=1")], ["    -   joblib=1"]],
    ["without indentation", "dependencies:\n- a\nname: x\n", [conda("b=1")], ["- b=1"]],
    ["with Windows' line ends", "dependencies:\r\n  - a\r\nname: x\r\n", [conda("b=1")], ["  - b=1\r"]],
    ["several in their order", "dependencies:\n- a\n", [conda("c"), conda("b")], ["- c", "- b"]],
    ["twice asked for, once", "dependencies:\n- a\n", [conda("b"), conda("b")], ["- b"]],
    ["in front of pip and its list", "dependencies:\n- a\n- pip\n- pip:\n  - x\n", [conda("b")], ["- b"]],
    ["in front of pip's list", "dependencies:\n- pip\n- a\n- pip:\n  - x\n", [conda("b")], ["- b"]],
    ["where pip is all there is", "dependencies:\n- pip\n- pip:\n  - x\n", [conda("b")], ["- b"]],
    ["where pip's list is all there is", "dependencies:\n- pip:\n  - x # c\n\nname: x\n", [conda("b")], ["- b"]],
    ["to pip's list", "dependencies:\n- a\n- pip:\n    -  x # c\n# d\n", [pip("y==1")], ["    -  y==1"]],
    ["to pip's list, in the middle", "dependencies:\n- pip:\n  - x\n- a\n", [pip("y==1")], ["  - y==1"]],
    ["to pip's list in brackets", "dependencies:\n- pip: [x]\n", [pip("y[z]==1")], ['- pip: [x, "y[z]==1"]']],
    ["to a pip list that is empty", "dependencies:\n- pip: []\n", [pip("y==1"), pip("z")], ["- pip: [y==1, z]"]],
    [
      "to a new pip list",
      "dependencies:\n  - pip=26\n  - a\n",
      [pip("x==1"), pip("y")],
      ["  - pip:", "    - x==1", "    - y"],
    ],
    ["to a new pip list, with pip", "dependencies:\n- pip-tools\n", [pip("x==1")], ["- pip", "- pip:", "  - x==1"]],
    ["to a new pip list, in Windows' lines", "dependencies:\r\n- pip\r\n", [pip("x")], ["- pip:\r", "  - x\r"]],
    [
      "to a new pip list, in brackets",
      "dependencies: [a]\n",
      [pip("x==1")],
      ["dependencies: [a, pip, { pip: [x==1] }]"],
    ],
    ["to a list that an alias names", "channels: &c\n- a\ndependencies: *c\n", [conda("b")], ["- b"]],
    ["in brackets", "dependencies: [a, b]  # c\n", [conda("c>1,<2")], ['dependencies: [a, b, "c>1,<2"]  # c']],
    ["in brackets that are empty", "dependencies: []\n", [conda("a"), conda("b")], ["dependencies: [a, b]"]],
    ["in brackets, behind a comma", "dependencies: [a, ]\n", [conda("b")], ["dependencies: [a, b, ]"]],
    ["in brackets over lines", "dependencies: [\n  a # c\n]\n", [conda("b"), conda("c")], ["  a, # c", "  b,", "  c"]],
    [
      "in brackets over lines with commas",
      "dependencies: [\n  a, # c\n]\n",
      [conda("b"), conda("c")],
      ["  b,", "  c,"],
    ],
    [
      "in brackets in front of pip's list",
      "dependencies: [a, pip, {pip: [x]}]\n",
      [conda("b")],
      ["dependencies: [a, b, pip, {pip: [x]}]"],
    ],
    ["in brackets, in pip's list", "dependencies: [a, pip: [x]]\n", [pip("y")], ["dependencies: [a, pip: [x, y]]"]],
  ])("%s", (_, text, fixes, lines) => {
    const fixed = applyFixes(text, fixes);
    expect(changes(text, fixed)).toEqual(lines);
    expect(applyFixes(fixed, fixes)).toBe(fixed);
  });

  test("behind a last line without a line end, and gets none itself", () => {
    expect(applyFixes("dependencies:\n  - a", [conda("b=1")])).toBe("dependencies:\n  - a\n  - b=1");
    expect(applyFixes("dependencies:\r\n- a", [pip("b")])).toBe("dependencies:\r\n- a\r\n- pip\r\n- pip:\r\n  - b");
  });
});

test("edits of all kinds are made together, each at the line that the file had before", () => {
  const text = "dependencies:\n- a\n- b # c\n- pip:\n  - x\n  - y\n";
  const fixes = [pip("z==1"), replace(6, "y", "y==2"), conda("d=4"), replace(2, "a", "a=1")];
  const fixed = "dependencies:\n- a=1\n- b # c\n- d=4\n- pip:\n  - x\n  - y==2\n  - z==1\n";
  expect(applyFixes(text, fixes)).toBe(fixed);
});

test.each(["", "# only a comment", commented, commented.replaceAll("\n", "\r\n")])(
  "no fixes, no change: %j",
  (text) => {
    expect(applyFixes(text, [])).toBe(text);
  },
);

test("5,000 edits of a file of 5,000 packages", () => {
  const entries = Array.from({ length: 5000 }, (_, index) => `package-${index}`);
  const file = (suffix: string) => `dependencies:\n${entries.map((name) => `  - ${name}${suffix}\n`).join("")}`;
  const fixes = entries.map((name, index) => replace(index + 2, name, `${name}=1`));
  expect(applyFixes(file(""), fixes)).toBe(file("=1"));
});

test("an edit of what is not there is an error", () => {
  const text = "dependencies:\n- numpy\n";
  expect(() => applyFixes(text, [replace(2, "pandas", "pandas=1")])).toThrow('line 2 has no entry "pandas"');
  expect(() => applyFixes(text, [replace(3, "numpy", "numpy=1")])).toThrow('line 3 has no entry "numpy"');
  expect(() => applyFixes("name: ci\n", [conda("numpy")])).toThrow("no list of dependencies");
});
