/** An option in a line of a requirements file. */
export interface PipOption {
  /** Its long name, for example `--index-url`. */
  name: string;
  /** What is given with it; empty for a switch. */
  value: string;
}

/** What pip takes in a requirements file, the long name first: its req/req_file.py, with the names of cli/cmdoptions.py. */
const withValue = [
  ["--index-url", "-i", "--pypi-url"],
  ["--extra-index-url"],
  ["--find-links", "-f"],
  ["--requirement", "-r"],
  ["--constraint", "-c"],
  ["--editable", "-e"],
  ["--no-binary"],
  ["--only-binary"],
  ["--all-releases"],
  ["--only-final"],
  ["--trusted-host"],
  ["--use-feature"],
  ["--hash"],
  ["--config-settings", "-C", "--config-setting"],
  // Of older versions of pip.
  ["--global-option"],
  ["--install-option"],
];
const switches = ["--no-index", "--prefer-binary", "--require-hashes", "--no-require-hashes", "--pre"];

/**
 * Reads options as pip does, by Python's `optparse`: `-rfile`, `-r file`, `--requirement=file`, and a long name as far as
 * it is clear.
 *
 * @throws Error that says what pip would refuse, or would take no notice of
 */
export function parsePipOptions(text: string): PipOption[] {
  const words = (text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replaceAll(/["']/g, ""));
  const options: PipOption[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, written = word, attached] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? /^(-\w)(.+)$/s.exec(word) ?? [];
    if (!written.startsWith("-")) {
      throw new Error(`pip takes no notice of "${word}" behind an option: give it an entry of its own`);
    }
    const name = longName(written);
    if (name === undefined) throw new Error(`pip has no option "${written}" in a requirements file: leave it out`);
    const value = switches.includes(name) ? "" : (attached ?? words.shift());
    if (value === undefined) throw new Error(`nothing is given with its option "${written}"`);
    options.push({ name, value });
  }
  return options;
}

function longName(written: string): string | undefined {
  const all = [...withValue, ...switches.map((name) => [name])];
  const exact = all.find((names) => names.includes(written));
  if (exact !== undefined || !written.startsWith("--")) return exact?.[0];
  const begun = new Set(all.filter((names) => names.some((name) => name.startsWith(written))));
  return begun.size === 1 ? [...begun][0]?.[0] : undefined;
}
