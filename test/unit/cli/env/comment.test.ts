import fc from "fast-check";
import type { Changes, Operation, ResourceChange } from "../../../../src/cli/env/comment/changes";
import type { PropertyChange } from "../../../../src/cli/env/comment/property-change";
import type { PropertyValue } from "../../../../src/cli/env/comment/property-value";
import { type Preview, renderComment } from "../../../../src/cli/env/comment/render";

const limit = 65_000;

function resource(operation: Operation, given: Partial<ResourceChange> = {}): ResourceChange {
  const name = "thing";
  return { operation, type: "test:index:Thing", name, urn: name, retained: false, properties: [], ...given };
}

function update(path: string, old: PropertyValue, next: PropertyValue, replaces = false): PropertyChange {
  return { path, kind: "update", old, new: next, secret: false, replaces };
}

function changes(resources: ResourceChange[], more: Partial<Changes> = {}): Changes {
  return { resources, outputs: [], unchanged: 3, ...more };
}

function render(resources: ResourceChange[], more: Partial<Changes> = {}): string {
  return renderComment([{ title: "dev", changes: changes(resources, more) }], limit);
}

/** The comment's blocks of code, and the lines around them, as CommonMark takes them apart (section 4.5). */
function takeApart(comment: string): { code: string[][]; around: string[] } {
  const [code, around]: [string[][], string[]] = [[], []];
  let fence = "";
  for (const line of comment.split("\n")) {
    const [, ticks = ""] = /^ {0,3}(`{3,})[^`]*$/.exec(line) ?? [];
    if (fence === "" && ticks !== "") {
      fence = ticks;
      code.push([]);
    } else if (fence !== "" && /^ {0,3}`+\s*$/.test(line) && line.trim().length >= fence.length) fence = "";
    else if (fence !== "") code.at(-1)?.push(line);
    else around.push(line);
  }
  expect(fence).toBe("");
  return { code, around };
}

const rowsOf = (comment: string) => takeApart(comment).around.filter((line) => /^\| .*<code>/.test(line));

test("without changes, the comment is one sentence", () => {
  expect(render([])).toBe("### Preview of <code>dev</code>\n\nNo changes, 3 unchanged.\n");
});

test("the summary counts, and marks in words and by a sign what takes something away", () => {
  const operations: Operation[] = ["replace", "delete", "delete", "create", "update", "import"];
  expect(render(operations.map((operation) => resource(operation)))).toContain(
    "⚠ **1 replaced**, ⚠ **2 deleted**, 1 created, 1 updated, 1 imported, 3 unchanged.",
  );
});

test("the table has a row for each resource, in the order given, with what changes and for what it is replaced", () => {
  const rows = rowsOf(
    render([
      resource("replace", { properties: [update("a", 1, 2), update("b", 1, 2, true)] }),
      resource("delete", { retained: true, properties: [update("c", 1, 2)] }),
      resource("create", { type: "pkg:module:Type", name: "new", properties: [update("d", 1, 2)] }),
      resource("update", { properties: "abcdefgh".split("").map((path) => update(path, 1, 2)) }),
    ]),
  );
  const thing = "<code>test:index:Thing</code> | <code>thing</code>";
  expect(rows).toEqual([
    `| ⚠ **replace** | ${thing} | replaced for <code>b</code>; <code>a</code> |`,
    `| ⚠ **delete** (what exists stays in the cloud) | ${thing} |  |`,
    "| create | <code>pkg:module:Type</code> | <code>new</code> |  |",
    `| update | ${thing} | ${"abcdef".replace(/./g, "<code>$&</code>, ")}2 more |`,
  ]);
});

test("the diff is folded below the table", () => {
  const lines = render([resource("create")]).split("\n");
  const start = lines.indexOf("<details><summary>Diff</summary>");
  expect(start).toBeGreaterThan(lines.findIndex((line) => line.startsWith("| create")));
  // Without an empty line, Markdown takes what follows for HTML.
  expect(lines.slice(start + 1, start + 3)).toEqual(["", "```diff"]);
  expect(lines.slice(-4)).toEqual(["```", "", "</details>", ""]);
});

test.each<[what: string, properties: PropertyChange[], lines: string[]]>([
  ["an update", [update("size", 1, "2")], ["- size: 1", '+ size: "2"']],
  ["what comes", [{ ...update("a", 1, 1), kind: "add", old: undefined }], ["+ a: 1"]],
  ["what goes", [{ ...update("a", 1, 1), kind: "delete", new: undefined }], ["- a: 1"]],
  ["a secret", [update("key", "[secret]", "[secret]")], ["! key: [secret]"]],
  ["a part that is secret", [update("url", "https://[secret]@a", "b")], ["- url: https://[secret]@a", "+ url: b"]],
  ["a secret in a list", [update("all", ["[secret]"], [])], ["- all:", "-   - [secret]", "+ all: []"]],
  [
    "lists, with some of what stays",
    [update("tags", ["a", "b", "c", "d", "e", "g", "h", "i", "j"], ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])],
    ["  tags:", "    - c", "    - d", "    - e", "+   - f", "    - g", "    - h", "    - i"],
  ],
  [
    "texts of several lines",
    [update("file", "one\ntwo\nthree\n", "one\n2\nthree\n")],
    ["  file: |", "    one", "-   two", "+   2", "    three"],
  ],
  [
    "why it is replaced",
    [update("scope", "a", "b", true)],
    ["  # the resource is replaced for this:", "- scope: a", "+ scope: b"],
  ],
])("the diff shows %s", (_, properties, lines) => {
  const { code } = takeApart(render([resource("update", { properties })]));
  expect(code).toEqual([["@@ update test:index:Thing thing @@", ...lines]]);
});

test("the diff names what goes away by its id as well", () => {
  const { code } = takeApart(render([resource("delete", { id: "/a" }), resource("update", { id: "/b" })]));
  expect(code).toEqual([["@@ ⚠ delete test:index:Thing thing @@", "- id: /a", "@@ update test:index:Thing thing @@"]]);
});

test("changes of outputs are named, and shown at the diff's end, also if no resource changes", () => {
  const comment = render([], { outputs: [update("image.digest", "a", "b")] });
  expect(comment).toContain("No changes of resources, 3 unchanged.\n\nOutputs that change: <code>image.digest</code>.");
  expect(takeApart(comment).code).toEqual([["@@ outputs of the stack @@", "- image.digest: a", "+ image.digest: b"]]);
});

test("a preview that failed says why, and the others are there", () => {
  const messages = [{ text: "2 settings are wrong:\n  one" }, { resource: "test:index:Thing a", text: "refused" }];
  const comment = renderComment(
    [
      { title: "dev", failure: { messages } },
      { title: "branch", changes: changes([]) },
    ],
    limit,
  );
  expect(comment).toContain("### ⚠ The preview of <code>dev</code> failed\n");
  expect(takeApart(comment).code).toEqual([["2 settings are wrong:", "  one", "test:index:Thing a:", "refused"]]);
  expect(comment).toContain("### Preview of <code>branch</code>\n\nNo changes, 3 unchanged.\n");
});

describe("nothing breaks out of the Markdown", () => {
  const hostile = [
    "a|b",
    "a\\|b",
    "`code`",
    "````",
    "~~~",
    "line\nline",
    "line\r\n\r\n# heading",
    "<!-- preview by x of y -->",
    "</code></details><img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp;",
    "@someone @<8b1f7e0c-0000-0000-0000-000000000000>",
    "#123 AB#12 !45 owner/name#6",
    "**bold** _it_ __b__ ~~s~~ ![i](u) [l](u)",
    "https://example.com www.example.com a@example.com",
    "##vso[task.setvariable variable=a]b ##[error]c",
    "\u202Eright to left\u2028next\u0000\u001b[31m",
    ":tada: $(x) $[x] {{ x }}",
  ];
  /** The titles' and the table's own text, with code that has nothing in it but letters, digits, `.,:/()-_` and entities. */
  const own = /^(|### .*|\| .*|<\/?details>.*|(⚠|Outputs|No|\d|Left).*)$/;
  const code = /<code>(?:[A-Za-z0-9 .,:/()_-]|&#x[0-9a-f]+;)*<\/code>/g;

  function expectContained(comment: string): void {
    const { around, code: blocks } = takeApart(comment);
    for (const line of around) {
      expect(line).toMatch(own);
      const rest = line.replaceAll(code, "").replaceAll(/<\/?details>|<\/?summary>/g, "");
      expect(rest).not.toMatch(/[<>@#`&\\[\]!](?<!^#{1,3})/);
      if (line.startsWith("|")) expect(rest.match(/\|/g)).toHaveLength(5);
    }
    const all = [...around, ...blocks.flat()].join("\n");
    expect(all).not.toMatch(/##(vso)?\[|@</i);
    expect(all).not.toMatch(/[^\P{C}\n]/u);
  }

  const previewsOf = (text: string): Preview[] => [
    {
      title: text,
      changes: changes(
        [
          resource("replace", {
            type: text,
            name: text,
            id: text,
            properties: [update(text, text, { [text]: [text] }, true)],
          }),
        ],
        { outputs: [update(text, [text, `${text} `], [text])] },
      ),
    },
    { title: text, failure: { messages: [{ resource: text, text }] } },
  ];

  test.each(hostile)("%j", (text) => {
    const comment = renderComment(previewsOf(text), limit);
    expectContained(comment);
    expect(takeApart(comment).code).toHaveLength(2);
  });

  test("any text", () => {
    const text = fc.array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "grapheme" })), { maxLength: 4 });
    fc.assert(fc.property(text, (parts) => expectContained(renderComment(previewsOf(parts.join("")), limit))));
  });
});

describe("a comment that would be too long", () => {
  const lines = (count: number, length = 20) => Array.from({ length: count }, (_, n) => `${n}`.padEnd(length, "x"));
  const big = (name: string, count: number) =>
    resource("update", { name, properties: [update("p", lines(count), [])] });

  test("has all rows of the table and the diff's first lines, and says how much is left out", () => {
    const comment = renderComment(
      [{ title: "dev", changes: changes([big("a", 300), big("b", 300), big("c", 300)]) }],
      12_000,
    );
    expect(comment.length).toBeLessThanOrEqual(12_000);
    expect(rowsOf(comment)).toHaveLength(3);
    const shown = takeApart(comment).code[0]?.length ?? 0;
    expect(shown).toBeGreaterThan(350);
    expect(comment).toContain(
      `Left out, because the comment would be too long: ${909 - shown} of 909 lines of the diff, about 2 resources. The run's log has all.`,
    );
  });

  test("cuts the table last, from its end", () => {
    const all = Array.from({ length: 1000 }, (_, n) => big(`resource-${n}`, 10));
    const comment = renderComment([{ title: "dev", changes: changes(all) }], 20_000);
    expect(comment.length).toBeLessThanOrEqual(20_000);
    const rows = rowsOf(comment);
    expect(rows[0]).toContain("resource-0<");
    expect(comment).toContain(`${1000 - rows.length} of 1000 resources that would change.`);
    expect(takeApart(comment).code).toEqual([]);
    expect(comment).toContain("13000 of 13000 lines of the diff, about 1000 resources.");
  });

  test("names the outputs among what is left out", () => {
    const outputs = [update("o", lines(900), [])];
    const comment = renderComment([{ title: "dev", changes: changes([resource("create")], { outputs }) }], 10_000);
    expect(comment).toMatch(/lines of the diff, about the outputs\./);
  });

  test("leaves each preview its share", () => {
    const large = { title: "large", changes: changes([big("a", 5000)]) };
    const small = { title: "small", changes: changes([big("b", 20)]) };
    const failed = { title: "failed", failure: { messages: [{ text: lines(5000).join("\n") }] } };
    const comment = renderComment([large, small, failed], 40_000);
    expect(comment.length).toBeLessThanOrEqual(40_000);
    expect(comment.length).toBeGreaterThan(35_000);
    const { code } = takeApart(comment);
    expect(code[1]).toHaveLength(23);
    expect(comment).toMatch(/\d+ of 5000 lines of what was reported\./);
  });

  test("cuts a line that is too long within it", () => {
    const comment = render([
      resource("update", { name: "n".repeat(300), properties: [update("p", "a".repeat(5000), "b")] }),
    ]);
    expect(takeApart(comment).code[0]?.[1]).toMatch(/^- p: a{1997}… \(3003 characters more\)$/);
    expect(rowsOf(comment)[0]).toMatch(/<code>n{200}&#x2026; \(100 characters more\)<\/code>/);
  });

  test("is never too long, whatever is in it", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "`".repeat(300), "\n", "|", "\u{e0001}"), maxLength: 600 });
    const one = fc.record({ name: text, value: text, count: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 60_000, max: 70_000 }),
        (given, size) => {
          const previews = given.map(({ name, value, count }): Preview => {
            const properties = [update(name, value, [value, value])];
            const resources = Array.from({ length: count }, () => resource("update", { name, properties }));
            return count === 0
              ? { title: name, failure: { messages: [{ text: value }] } }
              : { title: name, changes: changes(resources) };
          });
          expect(renderComment(previews, size).length).toBeLessThanOrEqual(size);
        },
      ),
      { numRuns: 40 },
    );
  });
});
