/** How a message names what was set: by where, and by its path, for example `setting registry.name`. */
export type NameOf = (path: string) => string;

/** Of what the stack's configuration sets. */
export const asSetting: NameOf = (path) => `setting ${path}`;

/** Of what a program passes. */
export const asArgument: NameOf = (path) => `argument ${path}`;
