// SPDX-License-Identifier: Apache-2.0
// Register: the recovery sheet, to be printed; one group of it typed back; and what comes next, at the computer.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {ShownSheet} from '../protocol/drafting';
import {App, Step} from '../pages/app';
import {groupItems, progress, submitButton, valueOf, whenSent, working} from '../pages/form';
import {kSteps, type Preparation} from './account_steps';

// Broken between its words only.
function commandLine(account: string): TemplateResult {
  const words = ['cardea register', '--continue', `--server ${location.origin}`, `--account ${account}`];
  return html`<code class="line" translate="no">${words.map((word) => html`<span>${word}</span> `)}</code>`;
}

export class SheetPrintStep extends Step {
  readonly title = 'register.sheet.title';

  constructor(
    app: App,
    private readonly preparation: Preparation,
    private readonly shown: ShownSheet,
  ) {
    super(app);
    addEventListener('beforeunload', warnBeforeLeaving);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`${progress(t, 3, kSteps)}
      <p class="lead screen">${t.text('register.sheet.lead')}</p>
      <section class="sheet" aria-labelledby="sheet-title">
        <h2 id="sheet-title">${t.text('register.sheet.head')}</h2>
        <dl>
          <dt>${t.text('account.label')}</dt>
          <dd translate="no">${this.preparation.account}</dd>
          <dt>${t.text('register.sheet.server')}</dt>
          <dd translate="no">${location.origin}</dd>
          <dt>${t.text('register.sheet.made')}</dt>
          <dd><time>${t.day(Date.now() / 1000)}</time></dd>
          <dt>${t.text('register.sheet.finish')}</dt>
          <dd>${commandLine(this.preparation.account)}</dd>
        </dl>
        <ol class="key" id="sheet" translate="no">
          ${groupItems(t, this.shown.typed)}
        </ol>
        <p>${t.text('register.sheet.use')}</p>
        <p>${t.text('register.sheet.keep')}</p>
      </section>
      <div class="actions">
        <button type="button" @click=${() => print()}>${t.text('register.sheet.print')}</button>
        <button type="button" class="secondary" @click=${() => this.go()}>${t.text('register.sheet.have')}</button>
      </div>
      <p class="small screen">${t.text('register.sheet.screen')}</p>`;
  }

  private go(): void {
    this.app.show(new GroupStep(this.app, this.preparation, this.shown.group));
  }
}

class GroupStep extends Step {
  readonly title = 'register.group.title';
  private wrong = false;

  constructor(
    app: App,
    private readonly preparation: Preparation,
    private readonly group: number,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`${progress(t, 4, kSteps)}
      <p class="lead">${t.text('register.group.lead')}</p>
      <form @submit=${whenSent(this, (form) => this.send(form))}>
        <label for="group">${t.text('register.group.label', {number: this.group})}</label>
        <input
          id="group"
          name="group"
          class="code"
          type="text"
          autocomplete="off"
          autocapitalize="characters"
          autocorrect="off"
          spellcheck="false"
          maxlength="20"
          aria-invalid=${this.wrong ? 'true' : nothing}
          required
        />
        ${submitButton(this, t.text('register.group.submit'))} ${working(this, t.text('account.working'))}
      </form>
      <button type="button" class="secondary" @click=${() => this.run(() => this.back())}>${t.text('register.group.back')}</button>
      ${this.failed === 'session-expired' ? html`<p><a href="/register">${t.text('register.anew')}</a></p>` : nothing}`;
  }

  private async send(form: HTMLFormElement): Promise<void> {
    const {fits, expiresAt} = await this.preparation.visit.ask('draftKeep', {group: valueOf(form, 'group')});
    this.wrong = !fits;
    if (!fits) {
      this.error = this.app.texts.text('register.group.wrong', {number: this.group});
      return;
    }
    removeEventListener('beforeunload', warnBeforeLeaving);
    await this.preparation.visit.end();
    this.app.show(new PreparedStep(this.app, this.preparation.account, expiresAt));
  }

  private async back(): Promise<void> {
    this.app.show(new SheetPrintStep(this.app, this.preparation, await this.preparation.visit.ask('draftSheet', null)));
  }
}

class PreparedStep extends Step {
  readonly title = 'register.done.title';

  constructor(
    app: App,
    private readonly account: string,
    private readonly expiresAt: number,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('register.done.lead', {time: t.time(this.expiresAt)})}</p>
      <h2>${t.text('shown.next')}</h2>
      <ol>
        <li>${t.text('register.done.1')}</li>
        <li>${t.text('register.done.2')}</li>
        <li>${t.text('register.done.3')} ${commandLine(this.account)}</li>
        <li>${t.text('register.done.4')}</li>
      </ol>
      <p>${t.text('register.done.taken')}</p>
      <p>${t.text('register.done.nothing')}</p>
      <p><a href="/" role="button">${t.text('back')}</a></p>`;
  }
}

// Nothing is kept before the group was typed back: a window closed by mistake costs the whole.
function warnBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
