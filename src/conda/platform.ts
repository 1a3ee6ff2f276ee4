/** The platform of the job container, as conda names it. */
export const imagePlatform = "linux-64";
