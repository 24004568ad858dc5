// SPDX-License-Identifier: Apache-2.0
// Refusals that mean something in one place of the help desk only: they get the text that the step has for a refusal.
import {Failure, isFailure, type FailureCode} from '../base/failure';

export async function refusedFor<T>(codes: readonly FailureCode[], answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const known = isFailure(error) && codes.includes(error.code);
    throw known ? new Failure('invalid-argument', error.detail) : error;
  }
}
