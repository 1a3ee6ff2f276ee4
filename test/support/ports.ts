import { once } from "node:events";
import { createServer } from "node:net";
import { portsFrom } from "../../local-cloud/cloud/layout";
import { isFree } from "../../local-cloud/processes/process";

/** Where base ports of tests are: away from a person's local cloud, and below what Linux gives to clients (32768). */
const [first, end] = [20_000, 32_000];

/**
 * Takes the ports of a local cloud (`portsFrom`) for as long as this process runs, so that test files can run side by
 * side, in several checkouts as well. It holds the last of them, which no test needs: its end frees that, however it
 * ends.
 *
 * @returns the base port
 */
export async function reservePorts(): Promise<number> {
  const count = portsFrom(0).registries.last + 1;
  for (let base = first; base < end; base += count) {
    // A test that was killed may have left its local cloud.
    if ((await hold(base + count - 1)) && (await isFree(base))) return base;
  }
  throw new Error(`all ports for tests (${first} to ${end}) are taken`);
}

async function hold(port: number): Promise<boolean> {
  const server = createServer().unref().listen(port, "127.0.0.1");
  return once(server, "listening").then(
    () => true,
    () => false,
  );
}
