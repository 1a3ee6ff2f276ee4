import { areaOf } from "../area";
import { branches } from "./branches";
import { gitContent } from "./content";
import { repositories } from "./repositories";

/** Git repositories and what is in them. The project may be left out of a path where an id is given. */
export const git = areaOf(repositories, branches, gitContent);
