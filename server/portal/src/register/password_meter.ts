// SPDX-License-Identifier: Apache-2.0
// How hard a password is to guess, estimated in this browser (zxcvbn): known passwords, words, keyboard runs, dates. It is
// fetched once with the page, asks nobody and sends nothing. Used by account_steps.ts.

export interface Strength {
  score: Score;
  tries: number; // power of ten
}
export type Score = 0 | 1 | 2 | 3 | 4;
// Below it a password is not taken: with the thirty tries that a thief of nothing has it would hold, but not where somebody has
// stolen the server.
export const kLeastScore: Score = 2;

const kLooked = 128; // characters; nothing behind them makes a password weaker

export type Meter = (password: string, known: string[]) => Strength;

export async function loadMeter(): Promise<Meter> {
  const [{ZxcvbnFactory}, common] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  const {dictionary, adjacencyGraphs: graphs} = common;
  const estimate = new ZxcvbnFactory({dictionary, graphs, maxLength: kLooked});
  return (password, known) => {
    const {score, guessesLog10} = estimate.check(password.slice(0, kLooked), known);
    return {score: score as Score, tries: Math.max(0, Math.floor(guessesLog10))};
  };
}
