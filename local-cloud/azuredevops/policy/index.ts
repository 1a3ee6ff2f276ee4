import { areaOf } from "../area";
import { evaluations } from "./evaluations";
import { policies } from "./policies";

/** Branch policies, and how pull requests stand with them. */
export const policy = areaOf(policies, evaluations);
