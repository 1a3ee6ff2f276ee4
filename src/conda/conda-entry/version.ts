/** A piece of a version's component: `[1, "rc", 2]` is what `1rc2` is made of. */
type Piece = number | string;

/**
 * A version as conda orders it: unlike PEP 440, it may have any letters anywhere (`1.1.1d`, `2024a`, `9e`).
 * Source: `VersionOrder` in conda's conda/models/version.py, whose docstring has the rules.
 */
export class CondaVersion {
  private constructor(
    /** The epoch comes first. */
    private readonly components: Piece[][],
    private readonly local: Piece[][],
  ) {}

  /** @throws Error that says why it is no version */
  static parse(text: string): CondaVersion {
    let version = text.trim().toLowerCase();
    if (!isWritten(version) && !version.includes("_")) version = version.replaceAll("-", "_");
    const refuse = (reason: string) => new Error(`"${text}" is not a version: ${reason}`);
    if (version === "") throw refuse("it is empty");
    if (!isWritten(version)) throw refuse('it may have letters, digits, ".", "_", "+", "!" and "*"');
    const [, epoch = "0", main = "", local] = /^(?:(\d+)!)?([^!+]+)(?:\+([^!+]*))?$/.exec(version) ?? [];
    if (main === "") throw refuse('it has an "!" or a "+" in the wrong place');
    // An underscore at the end is part of the version: 1.0.1_ comes before 1.0.1a.
    const [, release = "", mark = ""] = /^(.*?)(_?)$/s.exec(main) ?? [];
    const components = [epoch, ...componentsIn(release)];
    components.push((components.pop() ?? "") + mark);
    const locals = local === undefined ? [] : componentsIn(local);
    if ([...components, ...locals].includes("")) throw refuse("a part of it is empty");
    return new CondaVersion(components.map(piecesOf), locals.map(piecesOf));
  }

  /** Below zero if it comes before the other, above zero if behind it. */
  compare(other: CondaVersion): number {
    return compareAll(this.components, other.components) || compareAll(this.local, other.local);
  }

  /** Whether it belongs to the series that another version begins (`=1.1.1`): so do 1.1.1, 1.1.1.2 and 1.1.1d. */
  startsWith(series: CondaVersion): boolean {
    const inLocal = series.local.length > 0;
    if (inLocal && compareAll(this.components, series.components) !== 0) return false;
    const [own, begun] = inLocal ? [this.local, series.local] : [this.components, series.components];
    const last = begun.length - 1;
    if (compareAll(own.slice(0, last), begun.slice(0, last)) !== 0) return false;
    const [pieces, wanted] = [own[last] ?? [], begun[last] ?? []];
    const end = wanted.length - 1;
    if (compareAll([pieces.slice(0, end)], [wanted.slice(0, end)]) !== 0) return false;
    const [piece, beginning] = [pieces[end] ?? 0, wanted[end] ?? 0];
    return typeof beginning === "string"
      ? typeof piece === "string" && piece.startsWith(beginning)
      : piece === beginning;
  }
}

function isWritten(version: string): boolean {
  return /^[*.+!_\da-z]+$/.test(version);
}

function componentsIn(text: string): string[] {
  return text.split(/[._]/);
}

function piecesOf(component: string): Piece[] {
  const pieces = (component.match(/\d+|\*+|[^\d*]+/g) ?? []).map((piece) => {
    if (/^\d/.test(piece)) return Number(piece);
    if (piece === "post") return Number.POSITIVE_INFINITY;
    // In upper case it comes before all others.
    return piece === "dev" ? "DEV" : piece;
  });
  return typeof pieces[0] === "string" || pieces[0] === Number.POSITIVE_INFINITY ? [0, ...pieces] : pieces;
}

function compareAll(one: Piece[][], two: Piece[][]): number {
  for (let component = 0; component < Math.max(one.length, two.length); component++) {
    const [a, b] = [one[component] ?? [], two[component] ?? []];
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const order = comparePieces(a[index] ?? 0, b[index] ?? 0);
      if (order !== 0) return order;
    }
  }
  return 0;
}

/** Letters come before numbers. */
function comparePieces(a: Piece, b: Piece): number {
  if (a === b) return 0;
  if (typeof a === typeof b) return a < b ? -1 : 1;
  return typeof a === "string" ? -1 : 1;
}
