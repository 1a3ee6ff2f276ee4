// In TypeScript's place in the built plugin. Pulumi loads that to send functions to a cloud, which no component does.
module.exports = {};
