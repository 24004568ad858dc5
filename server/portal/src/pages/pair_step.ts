// SPDX-License-Identifier: Apache-2.0
// Sign in with your card: a code is shown, and typed at the computer that has the card (docs/spec/pairing.md).
import {html, nothing, type TemplateResult} from 'lit-html';

import {isFailure} from '../base/failure';
import type {TextId} from '../i18n/texts';
import type {ShownPairing} from '../protocol/pairing';
import type {Paired} from '../worker/messages';
import {Visit} from '../worker/visit';
import {App, Step} from './app';
import type {Person} from './enter_steps';
import {failureText} from './failure_text';
import {command, groupItems, working} from './form';
import {memories, remember} from './memory';

const kPollMillis = 2000;

type Next = (person: Person) => Promise<void>;

// Shows the step with its first code.
export async function beginPairing(app: App, next: Next, back: () => void): Promise<void> {
  const step = new PairStep(app, next, back);
  app.show(step);
  await step.newCode();
}

class PairStep extends Step {
  readonly title = 'pair.title';
  private readonly visit = new Visit((server, why) => this.app.moveTo(server, why));
  private shown: ShownPairing | null = null;
  private said: TextId | null = null;
  private left = false;

  constructor(
    app: App,
    private readonly next: Next,
    private readonly back: () => void,
  ) {
    super(app);
  }

  async newCode(): Promise<void> {
    this.shown = null;
    this.said = null;
    await this.run(async () => {
      this.shown = await this.visit.ask('pair', null);
    });
    if (this.shown !== null) void this.wait(this.shown);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('pair.lead')}</p>
      ${working(this, t.text('account.working'))} ${this.shown === null ? this.another() : this.code(this.shown)}
      <button type="button" class="secondary" @click=${() => this.leave()}>${t.text('back')}</button>`;
  }

  private another(): TemplateResult | typeof nothing {
    if (this.busy) return nothing;
    return html`<button type="button" @click=${() => this.newCode()}>${this.app.texts.text('pair.again')}</button>`;
  }

  private code({code, expiresAt}: ShownPairing): TemplateResult {
    const t = this.app.texts;
    return html`<ol class="plain">
        <li>${t.text('pair.1')}</li>
        <li>${t.parts('pair.2', {command: command('cardea portal allow')})}</li>
        <li>${t.text('pair.3')}</li>
      </ol>
      <ol class="key" translate="no" data-code=${code}>
        ${groupItems(t, code)}
      </ol>
      <button type="button" class="secondary" @click=${() => this.copy(code)}>${t.text('pair.copy')}</button>
      <p class="said" role="status">${t.text(this.said ?? 'pair.waiting', {time: t.time(expiresAt)})}</p>
      <p class="small">${t.text('pair.warning')}</p>`;
  }

  private async copy(code: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(`cardea portal allow ${code}`);
      this.said = 'pair.copied';
    } catch {
      this.said = 'pair.copy.failed';
    }
    this.app.draw();
  }

  // Until there is an answer, the code is another one, or the person has left. A network that fails meanwhile is no end.
  private async wait(shown: ShownPairing): Promise<void> {
    while (!this.left && this.shown === shown) {
      try {
        const paired = await this.visit.ask('paired', {memories: memories()});
        if (paired !== null && !this.left) return this.enter(paired);
      } catch (error) {
        if (!isFailure(error, 'server-unreachable') && !isFailure(error, 'rate-limited')) return this.fail(error);
      }
      await new Promise((resume) => setTimeout(resume, kPollMillis));
    }
  }

  private fail(error: unknown): void {
    if (this.left) return;
    this.shown = null;
    this.error = failureText(this.app.texts, error, 'error.misbehaved');
    this.app.draw();
    this.app.focus('error');
  }

  private enter(paired: Paired): void {
    this.left = true;
    if (paired.doubted) this.app.warning = 'doubted';
    else remember(paired.remember);
    const person = {visit: this.visit, question: '', answered: false, byCard: true};
    this.app.show(new PairedStep(this.app, paired, () => this.next(person)));
  }

  private leave(): void {
    this.left = true;
    void this.visit.end();
    this.back();
  }
}

// As whom one is signed in is said before anything else: the code may have been answered by somebody else.
class PairedStep extends Step {
  readonly title = 'paired.title';

  constructor(
    app: App,
    private readonly paired: Paired,
    private readonly next: () => Promise<void>,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const {account, card, expiresAt, records} = this.paired;
    const values = {account: html`<strong translate="no">${account}</strong>`, card, time: t.time(expiresAt)};
    return html`<p class="lead">${t.parts(card === '' ? 'paired.text.unnamed' : 'paired.text', values)}</p>
      <p>${t.text(records ? 'paired.records' : 'paired.no-records')}</p>
      <p>${t.text('paired.other')}</p>
      <button type="button" @click=${() => this.run(this.next)}>${t.text('continue')}</button>`;
  }
}
