/** Longest line that is shown, in characters. */
const longestLine = 2000;

/**
 * Text within a line or a cell of a table, as code. Nothing in it is markup, a link or a mention, neither for Markdown
 * nor for GitHub or Azure DevOps, which look for `@name`, `#123` and `!123` in the source or in what is rendered.
 *
 * @param longest more characters than this are cut off
 */
export function inlineCode(text: string, longest = 200): string {
  const line = cut(visible(text).replace(/\s+/g, " ").trim(), longest);
  // What is left as it is means nothing within a word: letters, digits and these.
  const escaped = line.replace(/:(?=\/\/)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[^A-Za-z0-9_ .,:/()-]/gu, (character) => {
    // Hexadecimal: the decimal number of a character would itself be the mention of an issue.
    return `&#x${character.codePointAt(0)?.toString(16)};`;
  });
  return `<code>${escaped}</code>`;
}

/** Lines of code as they stand between two fences. */
export function codeLines(text: string): string[] {
  return visible(text)
    .split("\n")
    .map((line) => cut(line, longestLine));
}

/**
 * A fence that no line ends before its time: longer than all within (CommonMark 0.31, section 4.5).
 *
 * @param lines that come from {@link codeLines}
 */
export function fenceFor(lines: string[]): string {
  const within = lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  return "`".repeat(within.reduce((longest, length) => Math.max(longest, length + 1), 3));
}

/**
 * Text without what acts on whoever shows it: control characters and those that turn or hide text are written out, and
 * the agent's commands (`##vso[…]`) and Azure DevOps' mentions (`@<id>`) are none any more.
 */
function visible(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{C}\n\t]|[\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
    .replace(/##(?=(vso)?\[)/gi, "# #")
    .replace(/@(?=<)/g, "@ ");
}

function cut(line: string, longest: number): string {
  const characters = [...line];
  const rest = characters.length - longest;
  return rest > 0 ? `${characters.slice(0, longest).join("")}… (${rest} characters more)` : line;
}
