const { default: Sequencer } = require("@jest/test-sequencer");

/** Kinds of tests, those whose files take longest first. */
const kinds = ["faults", "main-way", "integration", "unit"];

const rank = ({ context }) => kinds.indexOf(context.config.displayName.name);

/** So that none of the files that take minutes is left to run alone at the end. Within a kind, jest's own order. */
module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
