import { UserError } from "../common/errors";

/** An image that cannot be read, so that nothing can be said about it. */
export class ImageError extends UserError {
  override readonly name = "ImageError";
}
