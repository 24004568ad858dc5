// SPDX-License-Identifier: Apache-2.0
// Register: account and password, then one's own question. What is typed goes into the worker; the page keeps none of it.
import {html, nothing, type TemplateResult} from 'lit-html';

import {isFailure} from '../base/failure';
import type {TextId} from '../i18n/texts';
import {questionTellsAnswer} from '../protocol/drafting';
import {App, Step} from '../pages/app';
import {command, progress, secretField, submitButton, valueOf, whenSent, working} from '../pages/form';
import {Visit} from '../worker/visit';
import {kLeastScore, loadMeter, type Meter, type Strength} from './password_meter';
import {SheetPrintStep} from './sheet_steps';

export const kSteps = 4;

// One account that is being prepared.
export interface Preparation {
  visit: Visit;
  account: string;
}

export function registerPage(app: App): Step {
  return new AccountStep(app);
}

class AccountStep extends Step {
  readonly title = 'register.title';
  override readonly refusal = 'register.account.refused';
  private readonly visit = new Visit((server, why) => this.app.moveTo(server, why));
  private meter: Meter | null = null;
  private strength: Strength | null = null; // of what is typed; null: nothing is
  private readonly loaded = loadMeter().then((meter) => {
    this.meter = meter;
  });

  body(): TemplateResult {
    const t = this.app.texts;
    return html`${progress(t, 1, kSteps)}
      <p class="lead">${t.text('register.lead')}</p>
      <form @submit=${whenSent(this, (form) => this.send(form))}>
        <label for="account">${t.text('account.label')}</label>
        <input
          id="account"
          name="account"
          type="text"
          autocomplete="username"
          autocapitalize="off"
          autocorrect="off"
          spellcheck="false"
          maxlength="64"
          pattern="[A-Za-z0-9_.@\\-]{1,64}"
          aria-describedby="account-help"
          required
        />
        <small id="account-help">${t.text('register.account.help')}</small>
        ${secretField({
          name: 'password',
          label: t.text('password.label'),
          showLabel: t.text('password.show'),
          autocomplete: 'new-password',
          typed: (text) => void this.measure(text),
          help: 'strength',
        })}
        ${this.meterBox()}
        ${secretField({
          name: 'again',
          label: t.text('register.again'),
          showLabel: t.text('password.show'),
          autocomplete: 'new-password',
        })}
        ${submitButton(this, t.text('continue'))} ${working(this, t.text('account.working'))}
      </form>
      <section class="aside">
        <h2>${t.text('register.have')}</h2>
        <p>${t.parts('register.have.text', {command: command('cardea register')})}</p>
      </section>
      <p><a href="/">${t.text('back')}</a></p>`;
  }

  private meterBox(): TemplateResult {
    const t = this.app.texts;
    const {score, tries} = this.strength ?? {score: 0, tries: 0};
    const said = this.strength === null ? t.text('register.meter.none') : t.text(`register.meter.${score}`, {tries: t.power(tries)});
    return html`<div class="strength">
      <meter min="0" max="4" low="2" high="3" optimum="4" value=${score} aria-label=${t.text('register.meter')}></meter>
      <p id="strength" class="small" role="status">${said}</p>
    </div>`;
  }

  private async measure(text: string): Promise<void> {
    await this.loaded;
    const account = document.getElementById('account');
    const known = [account instanceof HTMLInputElement ? account.value : '', location.hostname, 'cardea'];
    this.strength = text === '' ? null : (this.meter?.(text, known) ?? null);
    this.app.draw();
  }

  private async send(form: HTMLFormElement): Promise<void> {
    const account = valueOf(form, 'account').trim();
    const password = valueOf(form, 'password');
    await this.measure(password);
    if (this.strength !== null && this.strength.score < kLeastScore) return this.refuse('register.weak', 'password');
    if (password !== valueOf(form, 'again')) return this.refuse('register.differ', 'again');
    await this.visit.ask('draftChoose', {account, password});
    form.reset();
    this.strength = null;
    this.app.show(new QuestionStep(this.app, {visit: this.visit, account}));
  }

  private refuse(text: TextId, field: string): void {
    this.error = this.app.texts.text(text);
    this.app.focus(field);
  }
}

class QuestionStep extends Step {
  readonly title = 'register.question.title';
  override readonly refusal = 'register.question.refused';

  constructor(
    app: App,
    private readonly preparation: Preparation,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`${progress(t, 2, kSteps)}
      <p class="lead">${t.text('register.question.lead')}</p>
      <form @submit=${whenSent(this, (form) => this.send(form))}>
        <label for="question">${t.text('register.question.label')}</label>
        <input id="question" name="question" type="text" autocomplete="off" maxlength="200" aria-describedby="question-help" required />
        <small id="question-help">${t.text('register.question.help')}</small>
        ${secretField({
          name: 'answer',
          label: t.text('answer.label'),
          showLabel: t.text('password.show'),
          autocomplete: 'off',
          help: 'answer-help',
        })}
        <small id="answer-help">${t.text('register.answer.help')}</small>
        ${secretField({
          name: 'again',
          label: t.text('register.answer.again'),
          showLabel: t.text('password.show'),
          autocomplete: 'off',
        })}
        ${submitButton(this, t.text('continue'))} ${working(this, t.text('enter.working'))}
      </form>
      ${this.failed === 'session-expired' ? html`<p><a href="/register">${t.text('register.anew')}</a></p>` : nothing}`;
  }

  private async send(form: HTMLFormElement): Promise<void> {
    const question = valueOf(form, 'question').trim();
    const answer = valueOf(form, 'answer');
    if (answer !== valueOf(form, 'again')) return this.refuse('register.answer.differ', 'again');
    if (questionTellsAnswer(question, answer)) return this.refuse('register.question.tells', 'question');
    try {
      const shown = await this.preparation.visit.ask('draftMake', {question, answer});
      form.reset();
      this.app.show(new SheetPrintStep(this.app, this.preparation, shown));
    } catch (error) {
      if (!isFailure(error, 'state-forbidden')) throw error;
      await this.preparation.visit.end();
      this.app.show(new ClosedStep(this.app));
    }
  }

  private refuse(text: TextId, field: string): void {
    this.error = this.app.texts.text(text);
    this.app.focus(field);
  }
}

class ClosedStep extends Step {
  readonly title = 'register.closed.title';

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('register.closed.text')}</p>
      <p><a href="/" role="button">${t.text('back')}</a></p>`;
  }
}
