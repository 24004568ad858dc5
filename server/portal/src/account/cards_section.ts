// SPDX-License-Identifier: Apache-2.0
// My cards: which there are and where they were put into use; suspended, let in again, given up for good. What each change
// touches (docs/spec/server-protocol.md, "Reasons and what they touch") is said before it is made.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import {valueOf} from '../pages/form';
import type {Card, Computer} from '../protocol/account';
import type {CardState} from '../protocol/owner';
import {askButton, askPanel, AskingSection} from './ask_panel';
import {nameOfCard} from '../pages/names';

interface Change {
  state: CardState;
  reasons: readonly string[]; // of which one is chosen; none when it has none
  consequences: TextId[];
}

const kChanges = {
  suspend: {
    state: 'suspended',
    reasons: ['lost', 'stolen', 'mislaid'],
    consequences: ['mycards.suspend.1', 'mycards.suspend.2', 'mycards.suspend.3'],
  },
  resume: {state: 'active', reasons: [], consequences: ['mycards.resume.1', 'mycards.resume.2']},
  revoke: {
    state: 'revoked',
    reasons: ['lost', 'stolen', 'damaged'],
    consequences: ['mycards.revoke.1', 'mycards.revoke.2', 'mycards.revoke.3'],
  },
} as const satisfies Record<string, Change>;
type ChangeName = keyof typeof kChanges;

const kReasons = ['lost', 'stolen', 'mislaid', 'damaged', 'replaced', 'other'] as const;

export class CardsSection extends AskingSection {
  readonly id = 'cards';
  readonly title = 'mycards.title';
  private cards: Card[] = [];
  private computers = new Map<string, Computer>();

  async open(): Promise<void> {
    const {visit} = this.frame.person;
    const [cards, computers] = [await visit.ask('cards', null), await visit.ask('computers', null)];
    this.cards = cards.sort((a, b) => b.since - a.since);
    this.computers = new Map(computers.map((computer) => [computer.id, computer]));
    this.ask = null;
  }

  body(): TemplateResult {
    const t = this.frame.app.texts;
    const living = this.cards.filter(({state}) => state !== 'revoked');
    const dead = this.cards.filter(({state}) => state === 'revoked');
    return html`<p class="lead">${t.text(living.length === 0 ? 'mycards.none' : 'mycards.lead')}</p>
      ${living.map((card) => this.one(card))}
      ${dead.length === 0
        ? nothing
        : html`<details class="earlier">
            <summary>${t.text('mycards.earlier', {count: dead.length})}</summary>
            ${dead.map((card) => this.one(card))}
          </details>`}`;
  }

  private one(card: Card): TemplateResult {
    const t = this.frame.app.texts;
    const mood = {active: 'good', suspended: 'bad', revoked: 'quiet'}[card.state];
    const reason = kReasons.find((known) => known === card.reason);
    const where = this.computers.get(card.computer)?.name;
    const fact = (title: TextId, value: unknown) => html`<dt>${t.text(title)}</dt><dd>${value}</dd>`;
    const name = (value: string) => html`<span translate="no">${value}</span>`;
    return html`<section class="thing">
      <h2>${nameOfCard(t, card)}</h2>
      <p class="state ${mood}">${t.text(`mycards.state.${card.state}`, {time: t.time(card.since)})}</p>
      <dl class="facts">
        ${reason === undefined ? nothing : fact('mycards.reason', t.text(`reason.${reason}`))}
        ${where === undefined ? nothing : fact('mycards.computer', name(where))}
        ${card.serial === '' ? nothing : fact('mycards.serial', name(card.serial))}
      </dl>
      ${card.state === 'revoked' ? nothing : this.actions(card)}
    </section>`;
  }

  private actions(card: Card): TemplateResult {
    const t = this.frame.app.texts;
    if (this.ask?.subject === card.id) return this.panel(card, this.ask.what as ChangeName);
    const button = (what: ChangeName, danger = false) =>
      askButton({subject: card.id, what}, t.text(`mycards.${what}`), this.show, danger);
    return html`<div class="actions">
      ${card.state === 'active' ? button('suspend') : button('resume')} ${button('revoke', true)}
    </div>`;
  }

  private panel(card: Card, what: ChangeName): TemplateResult {
    const t = this.frame.app.texts;
    const change: Change = kChanges[what];
    const name = nameOfCard(t, card);
    const texts = {
      title: t.text(`mycards.${what}.title`, {card: name}),
      consequences: change.consequences.map((id) => t.text(id)),
      submit: t.text(`mycards.${what}.submit`),
      cancel: t.text('cancel'),
    };
    const done = async (form: HTMLFormElement) => {
      const reason = valueOf(form, 'reason');
      const act = async () => {
        await this.frame.person.visit.ask('setCardState', {card, state: change.state, reason});
        await this.open();
        this.frame.say(t.text(`mycards.${what}.done`, {card: name}));
      };
      // A password alone may stop a card, never let one in again.
      await (change.state === 'suspended' ? this.frame.run(act) : this.frame.runProved(act));
    };
    return askPanel(this.frame, texts, this.reasons(change), done, this.close);
  }

  private reasons(change: Change): TemplateResult | typeof nothing {
    const t = this.frame.app.texts;
    if (change.reasons.length === 0) return nothing;
    const choice = (reason: string) => html`<label class="reason">
      <input type="radio" name="reason" value=${reason} required />${t.text(`mycards.because.${reason}` as TextId)}
    </label>`;
    return html`<fieldset>
      <legend>${t.text('cards.reason')}</legend>
      ${change.reasons.map(choice)}
    </fieldset>`;
  }
}
