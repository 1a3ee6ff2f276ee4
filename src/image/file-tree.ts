import { ImageError } from "./error";

/** Something in a file system. `layer` is the number of the layer that it was last seen in. */
export type Node = Directory | Link | File;

export interface Directory {
  kind: "directory";
  mode: number;
  layer: number;
  children: Map<string, Node>;
}

export interface Link {
  kind: "link";
  target: string;
  layer: number;
}

export interface File {
  kind: "file";
  mode: number;
  layer: number;
  /** What is known of the content: see `textOf` in layer.ts. */
  text?: string;
}

/** What a path leads to in the end. */
export interface Resolved {
  /** Absolute, without links in it. */
  path: string;
  node: Directory | File;
  /** Whether everybody may go through all folders on the way: a job's steps are not run as root. */
  open: boolean;
}

/** What Linux refuses, in bytes: PATH_MAX and NAME_MAX of limits.h. */
const longestPath = 4096;
const longestName = 255;

/** Folders in folders: four times what package managers make. Most of what is deeper is made to be so. */
const deepest = 256;

/** How much an image may take to look through. */
export interface Limits {
  /** Folders, links and files that are kept. Large images have a tenth of the default. */
  entries: number;
  /** Characters of text that are kept. */
  text: number;
  /** Names that are looked up for one layer or one rule: links can make a path a million times as long as it looks. */
  steps: number;
}

const usualLimits: Limits = { entries: 1_000_000, text: 16 * 1024 * 1024, steps: 10_000_000 };

/** Linux gives up after as many links (path_resolution(7)). */
const maxLinks = 40;

const everybodyMayEnter = 0o001;

/**
 * An image's file system, as far as its rules need it. Links lead inside it, whatever they say. Its methods throw
 * ImageError where an image is larger than any that jobs run in.
 */
export class FileTree {
  readonly root: Directory = directory(0);
  private entries = 0;
  private text = 0;
  private steps = 0;

  /** @param limits Default: far more than images that jobs run in take */
  constructor(private readonly limits = usualLimits) {}

  /** Says that a layer, or a rule, begins: each has as much time as the others. */
  begin(): void {
    this.steps = 0;
  }

  /** What a path leads to, through all links; undefined if there is nothing, or links lead in circles. */
  resolve(path: string): Resolved | undefined {
    const pending = path.split("/").reverse();
    let way: { name: string; node: Directory }[] = [{ name: "", node: this.root }];
    let links = 0;
    let open = true;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (++this.steps > this.limits.steps)
        throw tooMuch("takes too long to look through: its links lead through each other");
      if (name === "" || name === ".") continue;
      if (name === "..") {
        if (way.length > 1) way.pop();
        continue;
      }
      const { node: folder } = way[way.length - 1] ?? { node: this.root };
      open &&= (folder.mode & everybodyMayEnter) !== 0;
      const node = folder.children.get(name);
      if (node?.kind === "directory") way.push({ name, node });
      else if (node?.kind === "link") {
        if (++links > maxLinks) return undefined;
        if (node.target.startsWith("/")) way = way.slice(0, 1);
        pending.push(...node.target.split("/").reverse());
      } else if (node?.kind === "file" && pending.length === 0) {
        return { path: `${pathOf(way)}/${name}`, node, open };
      } else return undefined;
    }
    return { path: pathOf(way) || "/", node: way[way.length - 1]?.node ?? this.root, open };
  }

  /** Every folder, with its path. */
  *directories(): Generator<{ path: string; node: Directory }> {
    const pending = [{ path: "", node: this.root }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      yield next;
      for (const [name, node] of next.node.children) {
        if (node.kind === "directory") pending.push({ path: `${next.path}/${name}`, node });
      }
    }
  }

  /** Puts something at a path. A folder keeps what is in it already. */
  add(path: string, node: Node): void {
    if (node.kind === "link") requireShort(node.target);
    if (node.kind === "file" && node.text !== undefined) {
      this.text += node.text.length;
      if (this.text > this.limits.text)
        throw tooMuch(`has more than ${this.limits.text} characters in the files that are read`);
    }
    const { folder, name } = this.place(path, node.layer);
    const existing = name === undefined ? folder : folder.children.get(name);
    if (node.kind === "directory" && existing?.kind === "directory") {
      existing.mode = node.mode;
      existing.layer = node.layer;
    } else if (name !== undefined) this.put(folder, name, node);
  }

  private put(folder: Directory, name: string, node: Node): void {
    if (!folder.children.has(name) && ++this.entries > this.limits.entries) {
      throw tooMuch(`has more than ${this.limits.entries} folders, links and programs`);
    }
    folder.children.set(name, node);
  }

  /** What is at a path itself, a link not followed. */
  at(path: string, layer: number): Node | undefined {
    const { folder, name } = this.place(path, layer);
    return name === undefined ? folder : folder.children.get(name);
  }

  /** Takes away whatever is at a path. */
  remove(path: string, layer: number): void {
    const { folder, name } = this.place(path, layer);
    if (name !== undefined) folder.children.delete(name);
  }

  /** Takes away what the layers below have at a path, and all that they have in it. */
  removeBelow(path: string, layer: number): void {
    const { folder, name } = this.place(path, layer);
    if (name !== undefined) removeBelow(folder, name, layer);
  }

  /** Takes away all that the layers below have in a folder. */
  clearBelow(path: string, layer: number): void {
    requireShort(path);
    clearBelow(this.folder(partsOf(path), layer), layer);
  }

  /** The folder that a layer's path is in, and the name there; no name: the root itself. */
  private place(path: string, layer: number): { folder: Directory; name: string | undefined } {
    requireShort(path);
    const parts = partsOf(path);
    if (parts.length > deepest) throw tooMuch(`has folders more than ${deepest} deep`);
    const name = parts.pop();
    return { folder: this.folder(parts, layer), name };
  }

  /** A folder, made if need be. A link on the way is followed, as container engines do when they unpack a layer. */
  private folder(parts: string[], layer: number): Directory {
    let folder = this.root;
    for (const [index, part] of parts.entries()) {
      let next = folder.children.get(part);
      if (next?.kind === "link") next = this.resolve(parts.slice(0, index + 1).join("/"))?.node;
      if (next?.kind !== "directory") {
        next = directory(layer);
        this.put(folder, part, next);
      }
      next.layer = layer;
      folder = next;
    }
    return folder;
  }
}

function requireShort(path: string): void {
  const isLong = path.length > longestPath || path.split("/").some((name) => name.length > longestName);
  if (isLong) throw tooMuch(`has a path that Linux refuses: ${JSON.stringify(path.slice(0, 60))}…`);
}

function tooMuch(what: string): ImageError {
  return new ImageError(`the image ${what}. No job's image is so. Is it the right one?`);
}

/** Folders that no layer describes are made as container engines make them. */
export function directory(layer: number, mode = 0o755): Directory {
  return { kind: "directory", mode, layer, children: new Map() };
}

function removeBelow(folder: Directory, name: string, layer: number): void {
  const node = folder.children.get(name);
  if (node === undefined) return;
  if (node.layer !== layer) folder.children.delete(name);
  else if (node.kind === "directory") clearBelow(node, layer);
}

function clearBelow(folder: Directory, layer: number): void {
  for (const name of folder.children.keys()) removeBelow(folder, name, layer);
}

/** The parts of a path in a layer, which may begin with `./` or `/`. Nothing is above the root. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

function pathOf(way: { name: string }[]): string {
  return way.map(({ name }) => name).join("/");
}
