// SPDX-License-Identifier: Apache-2.0
// Which of several servers a visit should be at (docs/spec/server-list.md, “In a browser”). Used by server.ts.

// A browser's times are rough: the page and its worker share a processor, and other tabs do, too.
const kHysteresis = 0.7;
const kLeastGainMillis = 25;

// All of `origins`, whose first is in use and stays there unless another is clearly faster; the others by their time, and those
// that did not answer (none, or an infinite one) last.
export function byTime(origins: readonly string[], millis: ReadonlyMap<string, number>): string[] {
  const timeOf = (origin = '') => millis.get(origin) ?? Infinity;
  const sorted = [...origins].sort((a, b) => (timeOf(a) === timeOf(b) ? 0 : timeOf(a) - timeOf(b)));
  const [own, fastest] = [origins[0], sorted[0]];
  const isFaster = timeOf(fastest) < kHysteresis * timeOf(own) && timeOf(own) - timeOf(fastest) >= kLeastGainMillis;
  return isFaster || own === undefined ? sorted : [own, ...sorted.filter((origin) => origin !== own)];
}
