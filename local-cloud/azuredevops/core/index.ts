export { projects as core } from "./projects";
