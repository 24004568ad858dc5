// SPDX-License-Identifier: Apache-2.0
// My card is lost: suspend it, say what comes next, undo it when it is found.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import type {Card} from '../protocol/account';
import {App, Step} from './app';
import {AnswerStep, EnterStep, finish, type Person} from './enter_steps';
import {command, submitButton, valueOf, whenSent} from './form';
import {beginAccessKey} from './key_steps';
import {nameOfCard} from './names';

// Where to return to, for someone who came from a key that is shown.
type Back = (() => Promise<void>) | null;

const kReasons = ['lost', 'stolen', 'mislaid'] as const;

export function lostCardPage(app: App): Step {
  const texts = {title: 'card.enter.title', lead: 'card.enter.lead', steps: 0, sheet: 'card.enter.sheet'} as const;
  return new EnterStep(app, texts, async (person) => beginLostCard(app, person));
}

export async function beginLostCard(app: App, person: Person, back: Back = null): Promise<void> {
  const cards = await person.visit.ask('cards', null);
  app.show(new CardsStep(app, person, cards.filter(({state}) => state !== 'revoked'), back));
}

class CardsStep extends Step {
  readonly title = 'cards.title';

  constructor(
    app: App,
    private readonly person: Person,
    private readonly cards: Card[],
    private readonly back: Back,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const active = this.cards.filter(({state}) => state === 'active');
    const suspended = this.cards.filter(({state}) => state === 'suspended');
    return html`${active.length === 0
        ? html`<p class="lead">${t.text('cards.none')}</p>`
        : html`<p class="lead">${t.text('cards.lead')}</p>
            <form @submit=${whenSent(this, (form) => this.suspend(form))}>
              <fieldset>
                <legend>${t.text('cards.legend')}</legend>
                ${active.map((card) => this.choice(card, active.length === 1))}
              </fieldset>
              <fieldset>
                <legend>${t.text('cards.reason')}</legend>
                ${kReasons.map((reason) => this.reason(reason))}
              </fieldset>
              ${submitButton(this, t.text('cards.submit'))}
            </form>`}
      ${suspended.map((card) => this.suspended(card))} 
      ${active.length === 0 || this.back !== null ? wayOut(this.app, this.person, this.back) : nothing}`;
  }

  private choice(card: Card, only: boolean): TemplateResult {
    const t = this.app.texts;
    return html`<label class="choice">
      <input type="radio" name="card" value=${card.id} required ?checked=${only} />
      <span>
        <strong>${nameOfCard(this.app.texts, card)}</strong>
        ${card.serial === '' ? nothing : html`<small>${t.text('cards.serial', {serial: card.serial})}</small>`}
        <small>${t.text('cards.state.active', {time: t.time(card.since)})}</small>
      </span>
    </label>`;
  }

  private reason(reason: (typeof kReasons)[number]): TemplateResult {
    const text = this.app.texts.text(`cards.reason.${reason}`);
    return html`<label class="reason">
      <input type="radio" name="reason" value=${reason} required ?checked=${reason === 'lost'} />${text}
    </label>`;
  }

  private suspended(card: Card): TemplateResult {
    const t = this.app.texts;
    return html`<section class="aside">
      <p>
        <strong>${nameOfCard(this.app.texts, card)}</strong><br />
        <small>${t.text('cards.state.suspended', {time: t.time(card.since)})}</small>
      </p>
      ${undoButton(this, this.app, this.person, card, this.back)}
    </section>`;
  }

  private async suspend(form: HTMLFormElement): Promise<void> {
    const card = this.cards.find(({id}) => id === valueOf(form, 'card'));
    if (card === undefined) return;
    const change = {card, state: 'suspended', reason: valueOf(form, 'reason')} as const;
    const changed = await this.person.visit.ask('setCardState', change);
    this.app.show(new SuspendedStep(this.app, this.person, changed, this.back));
  }
}

function wayOut(app: App, person: Person, back: Back): TemplateResult {
  const leave = () => (back === null ? finish(app, person) : back());
  const text = app.texts.text(back === null ? 'finish' : 'shown.title');
  return html`<button type="button" class="done" @click=${leave}>${text}</button>`;
}

function undoButton(step: Step, app: App, person: Person, card: Card, back: Back): TemplateResult {
  const resume = async () => {
    const change = {card, state: 'active', reason: ''} as const;
    const changed = await person.visit.ask('setCardState', change);
    app.show(new ResumedStep(app, person, changed, back));
  };
  const undo = () =>
    step.run(async () => {
      if (person.answered) return resume();
      app.show(new AnswerStep(app, person, 0, resume));
    });
  return html`<button type="button" class="secondary" @click=${undo}>${app.texts.text('stopped.undo')}</button>`;
}

// What has become of one card.
abstract class CardStep extends Step {
  constructor(
    app: App,
    protected readonly person: Person,
    protected readonly card: Card,
    protected readonly back: Back,
  ) {
    super(app);
  }
}

class SuspendedStep extends CardStep {
  readonly title = 'stopped.title';

  body(): TemplateResult {
    const t = this.app.texts;
    const card = html`<strong>${nameOfCard(this.app.texts, this.card)}</strong>`;
    const key = (event: Event) => {
      event.preventDefault();
      void this.run(() => beginAccessKey(this.app, this.person));
    };
    const link = html`<a href="/access-key" @click=${key}>${t.text('stopped.next.key.link')}</a>`;
    return html`<p class="lead">${t.parts('stopped.text', {card})}</p>
      <h2>${t.text('stopped.next')}</h2>
      <ul>
        ${this.back === null ? html`<li>${t.parts('stopped.next.key', {link})}</li>` : nothing}
        <li>${t.parts('stopped.next.new', {command: command('cardea card replace')})}</li>
        <li>${t.text('stopped.next.police')}</li>
      </ul>
      <section class="aside">
        <h2>${t.text('stopped.found')}</h2>
        <p>${this.person.answered ? nothing : t.text('stopped.found.text')}</p>
        ${undoButton(this, this.app, this.person, this.card, this.back)}
      </section>
      ${wayOut(this.app, this.person, this.back)}`;
  }
}

class ResumedStep extends CardStep {
  readonly title: TextId = 'resumed.title';

  body(): TemplateResult {
    const t = this.app.texts;
    const card = html`<strong>${nameOfCard(this.app.texts, this.card)}</strong>`;
    return html`<p class="lead">${t.parts('resumed.text', {card})}</p>
      ${wayOut(this.app, this.person, this.back)}`;
  }
}
