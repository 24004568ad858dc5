// SPDX-License-Identifier: Apache-2.0
// The page's side of the worker: one visit of one person. Used by the steps of the pages.
import {Failure} from '../base/failure';
import type {Why} from '../protocol/server';
import type {Moved, Operation, Operations, Reply, Request} from './messages';

declare const WORKER_URL: string; // by build.mjs

// A Worker takes its address from a policy only (Trusted Types); this one knows exactly one address.
interface UrlPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: {createScriptURL: (url: string) => string}): UrlPolicy;
}

const policies = (globalThis as {trustedTypes?: PolicyFactory}).trustedTypes;
const policy = policies?.createPolicy('cardea-worker', {
  createScriptURL(url) {
    if (url !== WORKER_URL) throw new TypeError('not the worker');
    return url;
  },
});

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (failure: Failure) => void;
}

export class Visit {
  private readonly worker = new Worker(policy?.createScriptURL(WORKER_URL) ?? WORKER_URL, {type: 'module'});
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(private readonly moved: (authority: string, why: Why) => void) {
    this.worker.addEventListener('message', (event: MessageEvent<Reply | Moved>) => this.take(event.data));
    this.worker.addEventListener('error', () => this.failAll());
  }

  ask<Name extends Operation>(operation: Name, argument: Operations[Name]['takes']): Promise<Operations[Name]['gives']> {
    const id = ++this.last;
    const message: Request = {id, operation, argument};
    return new Promise((resolve, reject) => {
      this.waiting.set(id, {resolve: resolve as (value: unknown) => void, reject});
      this.worker.postMessage(message);
    });
  }

  // Ends the session, and with the worker everything it knew.
  async end(): Promise<void> {
    try {
      await this.ask('leave', null);
    } catch {
      // The server ends the session by itself.
    } finally {
      this.worker.terminate();
      this.failAll();
    }
  }

  private take(reply: Reply | Moved): void {
    if ('movedTo' in reply) return this.moved(reply.movedTo, reply.why);
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(new Failure(reply.code, reply.detail, reply.waitSeconds));
  }

  private failAll(): void {
    for (const {reject} of this.waiting.values()) reject(new Failure('internal', 'the worker has ended'));
    this.waiting.clear();
  }
}
