/**
 * Ends this process when the one that started it is gone: an engine that was killed cannot say good-bye, and what it
 * started would stay behind. `before` is called first.
 */
export function endWithParent(before: () => void = () => {}): void {
  const parent = process.ppid;
  const check = () => {
    if (process.ppid === parent) return;
    before();
    process.exit();
  };
  setInterval(check, 1000).unref();
}
