import { readFileSync, writeFileSync } from "node:fs";

/**
 * Removes from a 64-bit ELF file what only debuggers and linkers read, as `strip` does, which a machine need not have:
 * the table of sections and what comes after all that is loaded. The file format: elf(5).
 */
export function stripSymbols(file: string): void {
  const data = readFileSync(file);
  const bits64 = data.subarray(0, 6).equals(Buffer.from([0x7f, ...Buffer.from("ELF"), 2, 1]));
  if (!bits64) throw new Error(`${file} is no 64-bit ELF file`);
  const segments = {
    start: Number(data.readBigUInt64LE(32)),
    size: data.readUInt16LE(54),
    count: data.readUInt16LE(56),
  };
  const ends = Array.from({ length: segments.count }, (_, index) => {
    const segment = segments.start + index * segments.size;
    return Number(data.readBigUInt64LE(segment + 8) + data.readBigUInt64LE(segment + 32));
  });
  const loaded = data.subarray(0, Math.max(...ends, segments.start + segments.size * segments.count));
  loaded.fill(0, 40, 48); // where the table of sections is
  loaded.fill(0, 58, 64); // how many there are
  writeFileSync(file, loaded);
}
