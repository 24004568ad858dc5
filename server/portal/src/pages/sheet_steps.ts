// SPDX-License-Identifier: Apache-2.0
// The code of the recovery sheet in place of the password: all cards suspended at once, or a closed account opened again.
import {html, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import type {SheetPurpose, SheetUsed} from '../protocol/sheet';
import {Visit} from '../worker/visit';
import {App, Step} from './app';
import {accountField, command, sheetField, submitButton, valueOf, whenSent, working} from './form';

const kTitles: Record<SheetPurpose, TextId> = {suspend: 'sheet.suspend.title', reopen: 'sheet.reopen.title'};

// Where to return to; also from the end, after which the person goes on as before.
type Back = () => void;

export class SheetStep extends Step {
  readonly title: TextId;
  override readonly refusal = 'error.sheet';

  constructor(
    app: App,
    private readonly purpose: SheetPurpose,
    private readonly account: string,
    private readonly back: Back,
  ) {
    super(app);
    this.title = kTitles[purpose];
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text(`sheet.${this.purpose}.lead`)}</p>
      <form @submit=${whenSent(this, (form) => this.send(form))}>
        ${accountField(t, this.account)}
        ${sheetField(t)}
        ${submitButton(this, t.text(`sheet.${this.purpose}.submit`))} ${working(this, t.text('account.working'))}
      </form>
      <button type="button" class="secondary" @click=${this.back}>${t.text('sheet.back')}</button>`;
  }

  private async send(form: HTMLFormElement): Promise<void> {
    const visit = new Visit((server, why) => this.app.moveTo(server, why));
    try {
      const sent = {account: valueOf(form, 'account').trim(), code: valueOf(form, 'code'), purpose: this.purpose};
      const used = await visit.ask('useSheet', sent);
      form.reset();
      this.app.show(this.purpose === 'suspend' ? new SuspendedStep(this.app, used) : new ReopenedStep(this.app, this.back));
    } finally {
      await visit.end();
    }
  }
}

class SuspendedStep extends Step {
  readonly title = 'stopped.all.title';

  constructor(
    app: App,
    private readonly used: SheetUsed,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const {changed, suspended} = this.used;
    const said: TextId = changed > 0 ? 'stopped.all.text' : suspended > 0 ? 'stopped.all.before' : 'stopped.all.none';
    const link = html`<a href="/access-key">${t.text('stopped.next.key.link')}</a>`;
    const cards = html`<a href="/account#cards">${t.text('mycards.title')}</a>`;
    return html`<p class="lead">${t.text(said)}</p>
      <h2>${t.text('stopped.next')}</h2>
      <ul>
        <li>${t.parts('stopped.next.key', {link})}</li>
        <li>${t.parts('stopped.next.new', {command: command('cardea card replace')})}</li>
        <li>${t.parts('stopped.all.found', {cards})}</li>
        <li>${t.text('stopped.next.police')}</li>
      </ul>
      <p><a href="/" role="button">${t.text('back')}</a></p>`;
  }
}

class ReopenedStep extends Step {
  readonly title = 'reopened.title';

  constructor(
    app: App,
    private readonly back: Back,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('reopened.text')}</p>
      <button type="button" @click=${this.back}>${t.text('continue')}</button>`;
  }
}
