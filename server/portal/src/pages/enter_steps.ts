// SPDX-License-Identifier: Apache-2.0
// Who are you: account and password, then one's own question. Both pages begin here.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import type {SheetPurpose} from '../protocol/sheet';
import {Visit} from '../worker/visit';
import {App, Step} from './app';
import {accountField, progress, secretField, submitButton, valueOf, whenSent, working} from './form';
import {memories, remember} from './memory';
import {beginPairing} from './pair_step';
import {SheetStep} from './sheet_steps';

// One person's way through the pages.
export interface Person {
  visit: Visit;
  question: string;
  answered: boolean;
  byCard?: boolean; // entered with his card, not with the password
}

// May do what the password alone does not permit.
export function isProved(person: Person): boolean {
  return person.answered || person.byCard === true;
}

export interface EnterTexts {
  title: TextId;
  lead: TextId;
  steps: number; // 0: not counted
  sheet?: TextId; // offers the code of the recovery sheet in place of the password
  card?: TextId; // offers to sign in with the card instead
}

export class EnterStep extends Step {
  readonly title: TextId;
  override readonly refusal = 'error.password';
  // From the beginning, so that everything is loaded by the time a server fails.
  private visit: Visit;
  private account = ''; // as it was last typed

  constructor(
    app: App,
    private readonly texts: EnterTexts,
    private readonly next: (person: Person) => Promise<void>,
  ) {
    super(app);
    this.title = texts.title;
    this.visit = this.newVisit();
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`${this.texts.steps === 0 ? nothing : progress(t, 1, this.texts.steps)}
      <p class="lead">${t.text(this.texts.lead)}</p>
      <form @submit=${whenSent(this, (form) => this.enter(form))}>
        ${accountField(t)}
        ${secretField({
          name: 'password',
          label: t.text('password.label'),
          showLabel: t.text('password.show'),
          autocomplete: 'current-password',
        })}
        ${submitButton(this, t.text('continue'))} ${working(this, t.text('enter.working'))}
      </form>
      ${this.failed === 'account-closed' ? this.bySheet('reopen', 'sheet.reopen.title') : nothing}
      ${this.texts.sheet === undefined ? nothing : this.bySheet('suspend', this.texts.sheet)}
      ${this.texts.card === undefined ? nothing : this.byCard(this.texts.card)}
      <p><a href="/">${t.text('back')}</a></p>`;
  }

  private bySheet(purpose: SheetPurpose, text: TextId): TemplateResult {
    const back = () => this.app.show(this);
    const go = () => {
      this.failed = null;
      this.error = '';
      this.app.show(new SheetStep(this.app, purpose, this.account, back));
    };
    return html`<button type="button" class="secondary" @click=${go}>${this.app.texts.text(text)}</button>`;
  }

  private newVisit(): Visit {
    return new Visit((server, why) => this.app.moveTo(server, why));
  }

  private byCard(text: TextId): TemplateResult {
    const back = () => {
      this.visit = this.newVisit();
      this.app.show(this);
    };
    // A pairing is a visit of its own.
    const go = () => {
      void this.visit.end();
      void beginPairing(this.app, this.next, back);
    };
    return html`<button type="button" class="secondary" @click=${go}>${this.app.texts.text(text)}</button>`;
  }

  private async enter(form: HTMLFormElement): Promise<void> {
    const account = valueOf(form, 'account').trim();
    this.account = account;
    const password = valueOf(form, 'password');
    const entered = await this.visit.ask('enter', {account, password, memories: memories()});
    if (entered.doubted) this.app.warning = 'doubted';
    else remember(entered.remember);
    form.reset();
    await this.next({visit: this.visit, question: entered.question, answered: false});
  }
}

export class AnswerStep extends Step {
  readonly title = 'answer.title';
  override readonly refusal = 'error.answer';

  constructor(
    app: App,
    private readonly person: Person,
    private readonly steps: number, // 0: not counted
    private readonly next: () => Promise<void>,
    private readonly back: (() => void) | null = null,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const back = html`<button type="button" class="secondary" @click=${this.back}>${t.text('cancel')}</button>`;
    return html`${this.steps === 0 ? nothing : progress(t, 2, this.steps)}
      <p class="question">${this.person.question}</p>
      <p>${t.text('answer.lead')}</p>
      <form @submit=${whenSent(this, (form) => this.answer(form))}>
        ${secretField({
          name: 'answer',
          label: t.text('answer.label'),
          showLabel: t.text('password.show'),
          autocomplete: 'off',
        })}
        ${submitButton(this, t.text('continue'))} ${working(this, t.text('enter.working'))}
        ${this.back === null ? nothing : back}
      </form>`;
  }

  private async answer(form: HTMLFormElement): Promise<void> {
    // What comes next may fail, too: then this is sent again, but the answer was given.
    if (!this.person.answered) await this.person.visit.ask('answer', {text: valueOf(form, 'answer')});
    this.person.answered = true;
    await this.next();
  }
}

export class DoneStep extends Step {
  readonly title = 'done.title';

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('done.text')}</p>
      <p><a href="/" role="button">${t.text('back')}</a></p>`;
  }
}

// The person leaves: the session ends, the worker and all it knew are gone.
export async function finish(app: App, person: Person): Promise<void> {
  await person.visit.end();
  app.warning = null;
  app.show(new DoneStep(app));
}
