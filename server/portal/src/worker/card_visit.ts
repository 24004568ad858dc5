// SPDX-License-Identifier: Apache-2.0
// What a card adds to a visit: the sign-in by pairing, and the records, whose keys came with it or by the sheet. Used by
// worker.ts.
import type {Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import type {AuditState} from '../protocol/audit';
import type {OwnerSession} from '../protocol/owner';
import {Pairing, type ShownPairing, type SignedIn} from '../protocol/pairing';
import {Records} from '../protocol/records';
import type {Server} from '../protocol/server';

export class CardVisit {
  private pairing: Pairing | null = null;
  private signedIn: SignedIn | null = null;
  private kept: Records | null = null;

  // `otherwise`: the session of whoever entered with his password.
  constructor(
    private readonly server: Server,
    private readonly otherwise: () => OwnerSession,
  ) {}

  session(): OwnerSession | null {
    return this.signedIn?.session ?? null;
  }

  async pair(): Promise<ShownPairing> {
    this.pairing?.forget();
    this.pairing = await Pairing.open(this.server);
    return this.pairing.shown;
  }

  async look(remembered: (user: Bytes) => AuditState | null): Promise<SignedIn | null> {
    if (this.pairing === null) throw new Failure('pairing-expired');
    this.signedIn = await this.pairing.look(remembered);
    return this.signedIn;
  }

  records(): Records {
    const {random, now} = this.server.surroundings;
    const answer = this.signedIn?.answer;
    this.kept ??= new Records(
      this.session() ?? this.otherwise(),
      random,
      now,
      answer?.keys ?? null,
      answer?.keys ? answer.onCard : null,
    );
    return this.kept;
  }

  async leave(): Promise<void> {
    const session = this.session();
    this.kept?.forget();
    this.kept = null;
    this.signedIn = null;
    try {
      await session?.call({method: 'DELETE', path: '/v1/sessions/current'});
    } finally {
      this.pairing?.forget();
      this.pairing = null;
    }
  }
}
