// SPDX-License-Identifier: Apache-2.0
// One request to the server the page came from, or to another one of its list when that fails, and its answer or refusal.
// Used by login.ts, account.ts and recovery.ts; tests replace `fetch`, time and randomness.
import {concat, fromUtf8, toHex} from '../base/bytes';
import {Failure, type FailureCode} from '../base/failure';
import type {Random} from '../crypto/sodium';
import {byTime} from './fastest';
import {Fields} from './fields';
import {readForward} from './forward';
import {readServerList, shuffled} from './origins';
import {signRequest, type RequestKey} from './request_signature';

const kTimeoutMillis = 20_000;
const kMeasureMillis = 3_000;
const kMeasurements = 4; // the first of them opens the connection
const kMaxAnswer = 256 * 1024;
const kMaxWaitSeconds = 31 * 24 * 3600;
const kTypePrefix = 'urn:cardea:problem:';

const kKnownProblems: readonly FailureCode[] = [
  ...(['identity-not-accepted', 'session-expired', 'replayed', 'clock-skewed', 'signature-invalid'] as const),
  ...(['permission-denied', 'account-closed', 'not-found', 'state-forbidden', 'access-key-exhausted'] as const),
  ...(['precondition-failed', 'rate-limited', 'server-conflict', 'limit-exceeded', 'already-exists'] as const),
  ...(['record-too-large'] as const),
];

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: string;
  body?: object;
  key?: RequestKey;
  ifMatch?: number;
  never?: boolean; // to be sent again: it spends a guess
}

export type Why = 'failed' | 'faster';

export interface Surroundings {
  authority: string; // of the server the page came from
  moved?: (authority: string, why: Why) => void; // the visit goes on at another one
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  random: Random;
  now: () => number; // seconds
  millis: () => number; // since some moment
}

function waitOf(response: Response): number {
  const text = response.headers.get('Retry-After') ?? '';
  return /^\d{1,8}$/.test(text) ? Math.min(Number(text), kMaxWaitSeconds) : 0;
}

// Piece by piece: what is too long is never held, however long it is.
async function readBytes(response: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (piece === undefined || piece.done) return concat(...pieces);
    size += piece.value.length;
    if (size > kMaxAnswer) {
      reader?.cancel().catch(() => {}); // nobody waits for whoever does not come to an end
      throw new Failure('server-misbehaved', 'an answer that is too long');
    }
    pieces.push(piece.value);
  }
}

async function readText(response: Response): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(response);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('server-unreachable');
  }
  try {
    return fromUtf8(bytes);
  } catch {
    throw new Failure('server-misbehaved', 'an answer that is no text');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure('server-misbehaved', 'an answer that is no JSON');
  }
}

async function refusal(response: Response, isOneOfMany: boolean): Promise<Failure> {
  const type = response.headers.get('Content-Type') ?? '';
  const gateway = response.status >= 502 && response.status <= 504;
  if (gateway && isOneOfMany) return new Failure('server-unreachable', `status ${response.status}`);
  if (!type.startsWith('application/problem+json')) {
    return new Failure(gateway ? 'server-unreachable' : 'server-misbehaved', `status ${response.status}`);
  }
  const problem = parse(await readText(response)) as {type?: unknown; detail?: unknown; forward?: unknown} | null;
  if (response.status === 421 && problem?.forward !== undefined) {
    return new Failure('moved-away', await readForward(new Fields(problem.forward, 'forward')));
  }
  const name = typeof problem?.type === 'string' ? problem.type : '';
  const detail = typeof problem?.detail === 'string' ? problem.detail.slice(0, 300) : '';
  const code = kKnownProblems.find((known) => name === kTypePrefix + known);
  if (response.status >= 500 || code === undefined) return new Failure('server-refused', name);
  return new Failure(code, detail, waitOf(response));
}

export class Server {
  // Added to this device's time: a borrowed telephone may have any.
  private offset = 0;
  // Of all servers, the one in use first; '' is the page's own.
  private origins = [''];
  // With its first request a visit has settled: what a server has begun is ended there, unless that server fails.
  private settled = false;

  constructor(readonly surroundings: Surroundings) {}

  get authority(): string {
    return this.authorityOf(this.origins[0] ?? '');
  }

  private authorityOf(origin: string): string {
    return origin === '' ? this.surroundings.authority : origin.slice('https://'.length);
  }

  // All that are known, this one first, and one request to a certain one of them: for whoever wants to see which answers.
  get authorities(): string[] {
    return this.origins.map((origin) => this.authorityOf(origin));
  }
  async ask(authority: string, call: Call): Promise<unknown> {
    const origin = this.origins.find((known) => this.authorityOf(known) === authority);
    if (origin === undefined) throw new Failure('internal', 'no such server');
    return this.send(call, '', origin);
  }

  // Which other servers there are. Without a list, or with one that is not right, the visit stays where it is.
  async learn(): Promise<void> {
    try {
      const answer = await this.send({method: 'GET', path: '/v1/servers'}, '');
      if (answer === undefined) return;
      const all = await readServerList(new Fields(answer, 'servers'));
      const others = all.filter((url) => url !== `https://${this.surroundings.authority}`);
      if (this.origins.length === 1) this.origins.push(...shuffled(others, this.surroundings.random));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  // Which of them is fastest from here, while a person reads and types. Nobody waits for it: a request that comes first goes to the
  // server in use.
  async measure(): Promise<void> {
    const known = [...this.origins];
    if (known.length < 2) return;
    const times = new Map(await Promise.all(known.map(async (origin) => [origin, await this.timeOf(origin)] as const)));
    const own = this.origins[0] ?? '';
    const sorted = byTime(this.origins, times);
    this.origins = this.settled ? [own, ...sorted.filter((origin) => origin !== own)] : sorted;
    if (this.origins[0] !== own) this.surroundings.moved?.(this.authority, times.get(own) === Infinity ? 'failed' : 'faster');
  }

  private async timeOf(origin: string): Promise<number> {
    let best = Infinity;
    try {
      for (let n = 0; n < kMeasurements; ++n) {
        const start = this.surroundings.millis();
        await this.send({method: 'GET', path: '/v1/servers'}, '', origin, kMeasureMillis);
        if (n > 0) best = Math.min(best, this.surroundings.millis() - start);
      }
      return best;
    } catch {
      return Infinity;
    }
  }

  // From a server that has failed, unless somebody has left it meanwhile.
  private leave(origin: string): void {
    if (this.origins.length < 2 || this.origins[0] !== origin) return;
    this.origins = [...this.origins.slice(1), origin];
    this.surroundings.moved?.(this.authority, 'failed');
  }

  // The answer's JSON; undefined for 204. A request that changes something is told apart by its Idempotency-Key, so that
  // one whose answer was lost can be sent again.
  async call(call: Call): Promise<unknown> {
    this.settled = true;
    const once = call.key && call.method === 'POST' ? toHex(this.surroundings.random(16)) : '';
    const repeatable = !call.never && (call.method === 'GET' || once !== '');
    const tries = Math.max(2, this.origins.length);
    for (let n = 1; ; ++n) {
      const origin = this.origins[0] ?? '';
      try {
        return await this.send(call, once);
      } catch (error) {
        const lost = error instanceof Failure && error.code === 'server-unreachable';
        if (lost) this.leave(origin);
        const again = (lost && repeatable) || (error instanceof Failure && error.code === 'clock-skewed');
        if (!again || n >= tries) throw error;
      }
    }
  }

  private async send(call: Call, once: string, origin = this.origins[0] ?? '', limit = kTimeoutMillis): Promise<unknown> {
    const body = call.body === undefined ? '' : JSON.stringify(call.body);
    const query = call.query ?? '';
    const response = await this.fetch(origin + call.path + query, {
      method: call.method,
      headers: await this.headers(call, query, body, once, this.authorityOf(origin)),
      ...(body === '' ? {} : {body}),
      cache: 'no-store',
      credentials: 'omit',
      mode: origin === '' ? 'same-origin' : 'cors',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(limit),
    });
    if (!response.ok) {
      const failure = await refusal(response, this.origins.length > 1);
      if (failure.code === 'clock-skewed') this.setClock(response);
      throw failure;
    }
    if (response.status === 204) return undefined;
    if (!(response.headers.get('Content-Type') ?? '').startsWith('application/json')) {
      throw new Failure('server-misbehaved', 'an answer that is no JSON');
    }
    return parse(await readText(response));
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.surroundings.fetch(url, init);
    } catch {
      throw new Failure('server-unreachable');
    }
  }

  private async headers(
    call: Call,
    query: string,
    body: string,
    once: string,
    authority: string,
  ): Promise<Record<string, string>> {
    const {now, random} = this.surroundings;
    const headers: Record<string, string> = {Accept: 'application/json'};
    if (body !== '') headers['Content-Type'] = 'application/json';
    if (once !== '') headers['Idempotency-Key'] = once;
    if (call.ifMatch !== undefined) headers['If-Match'] = `"${call.ifMatch}"`;
    if (!call.key) return headers;
    const target = {method: call.method, authority, path: call.path, query};
    const created = Math.floor(now() + this.offset);
    return {...headers, ...(await signRequest(target, body, call.key, created, random))};
  }

  private setClock(response: Response): void {
    const time = Date.parse(response.headers.get('Date') ?? '');
    if (Number.isFinite(time)) this.offset = time / 1000 - this.surroundings.now();
  }
}
