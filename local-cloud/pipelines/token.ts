/** Where something is in the YAML. Lines and columns count from 1. */
export interface Place {
  /** From the repository's root, which is `/`. */
  file: string;
  line: number;
  column: number;
}

/** A part of a YAML file. A scalar keeps its text as it is written: what it is read as depends on where it stands. */
export type Token = ScalarToken | ListToken | MappingToken;

export interface ScalarToken {
  kind: "scalar";
  text: string;
  place: Place;
}

export interface ListToken {
  kind: "list";
  items: readonly Token[];
  place: Place;
}

export interface MappingToken {
  kind: "mapping";
  entries: readonly { key: ScalarToken; value: Token }[];
  place: Place;
}
