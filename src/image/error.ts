/**
 * An image that cannot be read, so that nothing can be said about it. The message is for a person: what is wrong (with
 * the value), where it was set, what to do.
 */
export class ImageError extends Error {
  override readonly name = "ImageError";
}
