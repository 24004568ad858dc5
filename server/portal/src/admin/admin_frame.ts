// SPDX-License-Identifier: Apache-2.0
// What the administrator's page does for its sections.
import type {Frame} from '../account/section';
import type {Touched} from '../worker/admin_messages';
import type {Assertion, OfficerSelf} from '../worker/officer_messages';
import type {Visit} from '../worker/visit';

export interface AdminFrame extends Frame {
  readonly visit: Visit;
  readonly officer: OfficerSelf;
  // Has the security key touched for exactly this.
  touch(what: Touched): Promise<Assertion>;
}
