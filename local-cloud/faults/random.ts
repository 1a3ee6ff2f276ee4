/** Numbers from 0 up to 1, the same for the same seed: a linear congruential generator modulo 2^32 (Knuth, TAOCP 3.2.1). */
export function random(seed: number): () => number {
  const modulus = 2 ** 32;
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / modulus;
  };
}
