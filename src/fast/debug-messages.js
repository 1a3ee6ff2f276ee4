// Pulumi tells its engine of every step of a program, which `pulumi --debug` prints: 130 messages in a preview in which
// nothing changes, one after the other, and a twentieth of its time. Those of a while are sent as one here, a line each.
// None gets lost, and what else is logged comes in its place among them.

/** How long a message waits for others, in milliseconds. */
const patience = 500;

exports.joinDebugMessages = (log) => {
  const { debug } = log;
  if (debug === undefined || debug.joins) return;
  const waiting = [];
  let timer;
  const send = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) debug(waiting.splice(0).join("\n"));
  };
  for (const level of ["info", "warn", "error"]) {
    const now = log[level];
    log[level] = (...args) => {
      send();
      return now(...args);
    };
  }
  const join = (message, ...about) => {
    if (about.some((one) => one !== undefined)) {
      send();
      return debug(message, ...about);
    }
    waiting.push(message);
    timer ??= setTimeout(send, patience).unref();
    return Promise.resolve();
  };
  log.debug = Object.assign(join, { joins: true });
  process.on("beforeExit", send);
};
