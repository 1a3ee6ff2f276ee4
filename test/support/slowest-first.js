const { basename } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/** Kinds of tests, those whose files take longest first. */
const kinds = ["faults", "main-way", "integration", "unit"];

const rank = ({ context }) => kinds.indexOf(context.config.displayName.name);

/** Files that take longest of their kind, the longest first, although they are short. */
const longest = [
  ...["whole-loop", "team", "environment", "branch-environments", "killed-commands"],
  ...["agent-images", "preview-comment", "languages", "languages-programs", "secrets", "model-pipelines"],
];

const place = ({ path }) => {
  const at = longest.indexOf(basename(path, ".test.ts"));
  return at === -1 ? longest.length : at;
};

/** So that none of the files that take minutes is left to run alone at the end. Otherwise, jest's own order. */
module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b) || place(a) - place(b));
  }
};
