/**
 * Whether an entry `sel(linux): package` is one of the job container; undefined if the key is no selector. Source:
 * `eval_selector` in mamba's libmamba/src/api/install.cpp.
 *
 * @throws Error that says which selectors there are
 */
export function isSelected(key: string): boolean | undefined {
  const [, platform] = /^sel\((.*)\)$/.exec(key) ?? [];
  if (platform === undefined) return undefined;
  if (platform === "linux" || platform === "unix") return true;
  if (platform === "osx" || platform === "win") return false;
  throw new Error(`"${key}" is not a selector: micromamba knows sel(unix), sel(linux), sel(osx) and sel(win)`);
}
