export { definitions } from "./definitions";
