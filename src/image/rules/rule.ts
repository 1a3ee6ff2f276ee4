import type { Platform } from "../../common/platforms";
import type { FileTree } from "../file-tree";
import type { ContainerConfig } from "../manifest";

/** What a rule is about; the name by which `--json` knows it. */
export type ImageRule =
  /** Jobs run on another operating system or architecture. */
  | "platform"
  /** Something else than the agent's command would start. */
  | "entrypoint"
  /** The agent prepares the container as the image's user, without sudo. */
  | "user"
  /** The programs that the agent prepares the container with. */
  | "programs"
  /** Steps are run by bash. */
  | "shell"
  /** The Node that the agent starts the container with. */
  | "node"
  /** The Node that the agent brings, and conda's packages, need glibc. */
  | "libc"
  /** A step's `python` has to be the conda environment's. */
  | "environment"
  /** Something is known against a version that is installed in it. */
  | "advisory";

/** A rule that an image breaks. */
export interface BrokenRule {
  rule: ImageRule;
  /** What is wrong, with the value, and what to do. */
  message: string;
  /** Of the rule "advisory": what is known, and of which package. */
  advisory?: { id: string; package: string; version: string; fixed?: string; severity?: string };
}

/** An image as the rules see it. */
export interface ImageContent {
  platform: Platform;
  config: ContainerConfig;
  files: FileTree;
}
