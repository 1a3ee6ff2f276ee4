import type { SignedIn } from "../connection";

/** Docker on the agent's machine, which is a new one for every job: what is built, and who is signed in. */
export interface DockerState {
  /** OCI image layouts by the images' names with their tags. */
  images: Map<string, string>;
  /** What the commands `login` and `logout` leave, by login server. */
  logins: Map<string, SignedIn>;
}
