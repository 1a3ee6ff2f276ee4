import { registryUrl } from "../../../src/image/registry-url";

test.each([
  ["mlops.azurecr.io", "https://mlops.azurecr.io"],
  ["127.0.0.1:5000", "http://127.0.0.1:5000"],
  ["127.8.0.1:5000", "http://127.8.0.1:5000"],
  ["localhost:5000", "http://localhost:5000"],
  ["[::1]:5000", "http://[::1]:5000"],
  ["127.0.0.1.example.com", "https://127.0.0.1.example.com"],
  ["localhost.example.com", "https://localhost.example.com"],
])("the URL of %s is %s", (host, url) => expect(registryUrl(host)).toBe(url));
