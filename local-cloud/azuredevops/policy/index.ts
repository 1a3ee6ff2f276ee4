export { policies as policy } from "./policies";
