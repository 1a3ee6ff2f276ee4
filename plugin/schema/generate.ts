import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageSchema } from "./schema";

writeFileSync(join(__dirname, "../schema.json"), `${JSON.stringify(packageSchema(), null, 2)}\n`);
