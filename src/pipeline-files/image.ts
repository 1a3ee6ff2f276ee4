import { imageVariable } from "../rules/names";
import type { Container } from "./container";

/**
 * What a pipeline names the job container by. The stack sets the variable on the definition, to repository and digest;
 * the agent takes the registry's host from the service connection.
 */
export const variable = `$(${imageVariable})`;

/** Whether only the compilation or the run of a pipeline says what a text is. */
export function isOpenText(text: string): boolean {
  return /\$\{\{|\$\[|\$\(/.test(text);
}

/** Whether only the compilation or the run of a pipeline says what an image is. */
export function isOpen({ image = "" }: Container): boolean {
  return image !== variable && isOpenText(image);
}
