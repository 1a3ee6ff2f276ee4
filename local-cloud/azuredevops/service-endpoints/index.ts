export { serviceEndpoints } from "./service-endpoints";
