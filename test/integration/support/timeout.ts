// An update of a whole stack takes half a minute, and several times that on a machine with other things to do.
jest.setTimeout(600_000);
