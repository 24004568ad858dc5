// SPDX-License-Identifier: Apache-2.0
// What things are called for people.
import type {Texts} from '../i18n/texts';
import type {Card} from '../protocol/account';

export function nameOfCard(t: Texts, card: Pick<Card, 'label'>): string {
  return card.label === '' ? t.text('cards.unnamed') : card.label;
}
