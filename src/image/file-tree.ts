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

/** Linux gives up after as many links (path_resolution(7)). */
const maxLinks = 40;

const everybodyMayEnter = 0o001;

/** An image's file system, as far as its rules need it. Links lead inside it, whatever they say. */
export class FileTree {
  readonly root: Directory = directory(0);

  /** What a path leads to, through all links; undefined if there is nothing, or links lead in circles. */
  resolve(path: string): Resolved | undefined {
    const pending = path.split("/").reverse();
    let way: { name: string; node: Directory }[] = [{ name: "", node: this.root }];
    let links = 0;
    let open = true;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
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
  *directories(from = this.root, path = ""): Generator<{ path: string; node: Directory }> {
    yield { path, node: from };
    for (const [name, node] of from.children) {
      if (node.kind === "directory") yield* this.directories(node, `${path}/${name}`);
    }
  }

  /** Puts something at a path. A folder keeps what is in it already. */
  add(path: string, node: Node): void {
    const { folder, name } = this.place(path, node.layer);
    const existing = name === undefined ? folder : folder.children.get(name);
    if (node.kind === "directory" && existing?.kind === "directory") {
      existing.mode = node.mode;
      existing.layer = node.layer;
    } else if (name !== undefined) folder.children.set(name, node);
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
    clearBelow(this.folder(partsOf(path), layer), layer);
  }

  /** The folder that a layer's path is in, and the name there; no name: the root itself. */
  private place(path: string, layer: number): { folder: Directory; name: string | undefined } {
    const parts = partsOf(path);
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
        folder.children.set(part, next);
      }
      next.layer = layer;
      folder = next;
    }
    return folder;
  }
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
