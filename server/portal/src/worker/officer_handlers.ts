// SPDX-License-Identifier: Apache-2.0
// The worker's side of the help desk.
import type {Officer} from '../protocol/officer';
import type {OfficerOperations} from './officer_messages';

type Handlers = {
  [Name in keyof OfficerOperations]: (
    argument: OfficerOperations[Name]['takes'],
  ) => Promise<OfficerOperations[Name]['gives']>;
};

export function officerHandlers(officer: Officer): Handlers {
  return {
    officerChallenge: () => officer.challenge(),
    officerSignIn: (assertion) => officer.signIn(assertion),
    officerKeyChallenge: async ({code}) => officer.keyChallenge(code),
    officerAddKey: ({code, label, key}) => officer.addKey(code, label, key),
    officerFind: ({account}) => officer.find(account),
    officerAsk: (asked) => officer.ask(asked),
    officerRequests: () => officer.requests(),
    officerStep: ({id, step}) => officer.step(id, step),
    async officerLeave() {
      await officer.leave();
      return null;
    },
  };
}
