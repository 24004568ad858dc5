// SPDX-License-Identifier: Apache-2.0
// The worker: everything that calculates with a secret runs here, so that the page stays quick and holds no key.
// One worker serves one visit.
import {concat, fromHex, toHex, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {loadSodium, sha256, systemRandom} from '../crypto/sodium';
import type {AuditState} from '../protocol/audit';
import {Drafting} from '../protocol/drafting';
import {History, userChain} from '../protocol/history';
import {askForNewKeys, auditPages, fingerprint, listCards, listComputers, retireComputer, setCardState, type OwnerSession} from '../protocol/owner';
import {Officer} from '../protocol/officer';
import {Recovery} from '../protocol/recovery';
import {Server} from '../protocol/server';
import {useSheet} from '../protocol/sheet';
import {CardVisit} from './card_visit';
import {adminHandlers} from './admin_handlers';
import {officerHandlers} from './officer_handlers';
import type {Memories, Moved, Operation, Operations, Remember, Reply, Request} from './messages';

const kUserLabel = 'cardea/v1/portal-user';

const server = new Server({
  authority: location.host.toLowerCase(),
  moved: (authority, why) => postMessage({movedTo: authority, why} satisfies Moved),
  fetch: (path, init) => fetch(path, init),
  random: systemRandom,
  now: () => Date.now() / 1000,
  millis: () => performance.now(),
});
const recovery = new Recovery(server);
const drafting = new Drafting(server);
const officer = new Officer(server);
// At once: when the first request fails it is too late to ask who else there is.
const ready = loadSodium().then(() => server.learn());
void ready.then(() => server.measure());
const card = new CardVisit(server, () => recovery.signed());
const session = (): OwnerSession => card.session() ?? recovery.signed();
let user: Bytes = new Uint8Array(0);
let history: History | null = null;

function nameOf(id: Bytes): string {
  return toHex(sha256(concat(kUserLabel, id)));
}

function remember(audit: AuditState): Remember {
  const memory = {length: audit.length, head: toHex(audit.head), key: toHex(audit.key)};
  return {name: nameOf(user), memory};
}

function remembered(memories: Memories, id: Bytes): AuditState | null {
  const memory = memories[nameOf(id)];
  const [head, key] = [fromHex(memory?.head ?? '?'), fromHex(memory?.key ?? '?')];
  if (!memory || head?.length !== 32 || key?.length !== 44 || !Number.isSafeInteger(memory.length)) return null;
  return {length: memory.length, head, key};
}

type Handlers = {[Name in Operation]: (argument: Operations[Name]['takes']) => Promise<Operations[Name]['gives']>};

const handlers: Handlers = {
  ...officerHandlers(officer),
  ...adminHandlers(officer, server),
  async enter({account, password, memories}) {
    const entered = await recovery.enter(account, password, async (id) => remembered(memories, id));
    user = entered.user;
    return {question: entered.question, doubted: entered.doubted, remember: remember(entered.audit)};
  },
  async answer({text}) {
    await recovery.answer(text);
    return null;
  },
  computers: () => listComputers(session()),
  async issue({computer}) {
    const {audit, ...shown} = await recovery.issue(computer);
    return {...shown, remember: remember(audit)};
  },
  cards: () => listCards(session()),
  setCardState: ({card, state, reason}) => setCardState(session(), card, state, reason),
  askForNewKeys: ({computer}) => askForNewKeys(session(), computer),
  async retire({computer}) {
    await retireComputer(session(), computer);
    return null;
  },
  async history({start}) {
    const {user: whose, audit} = session();
    if (start || history === null) history = new History(userChain(whose), audit, auditPages(session()));
    return {...(await history.next()), fingerprint: fingerprint(audit.key)};
  },
  useSheet: ({account, code, purpose}) => useSheet(server, account, code, purpose),
  pair: () => card.pair(),
  async paired({memories}) {
    const signedIn = await card.look((id) => remembered(memories, id));
    if (signedIn === null) return null;
    user = signedIn.session.user;
    const {account, cardLabel, expiresAt, keys} = signedIn.answer;
    const told = {account, card: cardLabel, expiresAt, records: keys !== null, doubted: signedIn.doubted};
    return {...told, remember: remember(signedIn.session.audit)};
  },
  recordsUnlocked: async () => card.records().unlocked,
  async unlockRecords({code}) {
    await card.records().unlockWithSheet(code);
    return null;
  },
  records: ({start}) => card.records().next(start),
  trash: () => card.records().trash(),
  openRecord: ({id}) => card.records().open(id),
  changeRecord: ({id, version, members}) => card.records().change(id, version, members),
  async removeRecord({id, version}) {
    await card.records().remove(id, version);
    return null;
  },
  async restoreRecord({id, version}) {
    await card.records().restore(id, version);
    return null;
  },
  async draftChoose({account, password}) {
    drafting.choose(account, password);
    return null;
  },
  draftMake: ({question, answer}) => drafting.make(question, answer),
  draftSheet: async () => drafting.sheet(),
  draftKeep: ({group}) => drafting.keep(group),
  async leave() {
    drafting.forget();
    await Promise.all([card.leave(), recovery.leave()]);
    return null;
  },
};

async function reply({id, operation, argument}: Request): Promise<Reply> {
  try {
    await ready;
    const handler = handlers[operation] as (argument: unknown) => Promise<unknown>;
    return {id, ok: true, value: await handler(argument)};
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure('internal', String(error));
    return {id, ok: false, code: failure.code, detail: failure.detail, waitSeconds: failure.waitSeconds};
  }
}

addEventListener('message', (event: MessageEvent<Request>) => {
  void reply(event.data).then((answer) => postMessage(answer));
});
