export { accessControlEntries as security } from "./access-control-entries";
