// SPDX-License-Identifier: Apache-2.0
// The worker's side of the administrator's page.
import {Administration} from '../protocol/admin';
import type {Officer} from '../protocol/officer';
import type {Server} from '../protocol/server';
import type {AdminOperations} from './admin_messages';

type Handlers = {
  [Name in keyof AdminOperations]: (argument: AdminOperations[Name]['takes']) => Promise<AdminOperations[Name]['gives']>;
};

export function adminHandlers(officer: Officer, server: Server): Handlers {
  const administration = new Administration(officer, server);
  return {
    adminFleet: () => administration.fleet(),
    adminComputers: ({filter, search, start}) => administration.computers(filter, search, start),
    adminPolicies: () => administration.policies(),
    adminServers: () => administration.servers(),
    adminTouch: (what) => administration.challenge(what),
    adminSetPolicy: (assertion) => administration.setPolicy(assertion),
    async adminOpenHistory(assertion) {
      await administration.openHistory(assertion);
      return null;
    },
    adminChain: ({start}) => administration.chain(start),
    adminHistory: () => administration.history(),
  };
}
