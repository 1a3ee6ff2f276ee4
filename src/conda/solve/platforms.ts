/** What can be solved for, as rattler names it: its `platformNames` that have an architecture. To load rattler for them would take longer than to compare files. */
export const platforms = [
  ...["linux-32", "linux-64", "linux-aarch64", "linux-armv6l", "linux-armv7l", "linux-loong64", "linux-ppc64le"],
  ...["linux-ppc64", "linux-ppc", "linux-s390x", "linux-riscv32", "linux-riscv64", "freebsd-64", "osx-64", "osx-arm64"],
  ...["win-32", "win-64", "win-arm64", "emscripten-wasm32", "wasi-wasm32", "zos-z"],
];
