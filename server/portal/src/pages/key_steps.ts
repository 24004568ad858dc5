// SPDX-License-Identifier: Apache-2.0
// Get my access key: which computer, and the key.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import type {Computer} from '../protocol/account';
import type {ShownKey} from '../worker/messages';
import {App, Step} from './app';
import {beginLostCard} from './card_steps';
import {AnswerStep, EnterStep, finish, type Person} from './enter_steps';
import {command, groupItems, progress, submitButton, valueOf, whenSent} from './form';
import {remember} from './memory';

const kSteps = 4;

export function accessKeyPage(app: App): Step {
  const texts = {title: 'key.enter.title', lead: 'key.enter.lead', steps: kSteps} as const;
  return new EnterStep(app, texts, async (person) => beginAccessKey(app, person));
}

// From someone who has entered; the answer is asked for if it has not been given.
export async function beginAccessKey(app: App, person: Person): Promise<void> {
  const choose = async () => {
    const computers = await person.visit.ask('computers', null);
    app.show(new ChooseStep(app, person, computers.sort(inOrder)));
  };
  if (person.answered) return choose();
  app.show(new AnswerStep(app, person, kSteps, choose));
}

// Those that a key opens first, each kind by name.
function inOrder(a: Computer, b: Computer): number {
  return Number(b.generation > 0) - Number(a.generation > 0) || a.name.localeCompare(b.name);
}

class ChooseStep extends Step {
  readonly title = 'choose.title';

  constructor(
    app: App,
    private readonly person: Person,
    private readonly computers: Computer[],
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    if (!this.computers.some(({generation}) => generation > 0)) {
      return html`<p class="lead">${t.text('choose.none')}</p>
        <button type="button" class="secondary" @click=${() => finish(this.app, this.person)}>${t.text('finish')}</button>`;
    }
    return html`${progress(t, 3, kSteps)}
      <p class="lead">${t.text('choose.lead')}</p>
      <form @submit=${whenSent(this, (form) => this.issue(form))}>
        <fieldset>
          <legend>${t.text('choose.legend')}</legend>
          ${this.computers.map((computer) => this.choice(computer))}
        </fieldset>
        <p>${t.text('choose.note')}</p>
        ${submitButton(this, t.text('choose.submit'))}
      </form>`;
  }

  private choice(computer: Computer): TemplateResult {
    const t = this.app.texts;
    const able = computer.generation > 0;
    const only = this.computers.filter(({generation}) => generation > 0).length === 1;
    const seen = computer.lastSeen > 0 ? t.text('choose.seen', {time: t.time(computer.lastSeen)}) : t.text('choose.never');
    return html`<label class="choice">
      <input type="radio" name="computer" value=${computer.id} required ?disabled=${!able} ?checked=${able && only} />
      <span>
        <strong translate="no">${computer.name}</strong>
        ${computer.serial === '' ? nothing : html`<small>${t.text('choose.serial', {serial: computer.serial})}</small>`}
        <small>${able ? seen : t.text('choose.without')}</small>
      </span>
    </label>`;
  }

  private async issue(form: HTMLFormElement): Promise<void> {
    const shown = await this.person.visit.ask('issue', {computer: valueOf(form, 'computer')});
    if (shown.recorded && this.app.warning === null) remember(shown.remember);
    this.app.show(new KeyStep(this.app, this.person, shown));
  }
}

class KeyStep extends Step {
  readonly title = 'shown.title';
  private said: TextId | null = null;

  constructor(
    app: App,
    private readonly person: Person,
    private readonly shown: ShownKey,
  ) {
    super(app);
    addEventListener('beforeunload', warnBeforeLeaving);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const computer = html`<strong translate="no">${this.shown.computer.name}</strong>`;
    return html`${progress(t, 4, kSteps)}
      <p class="lead">${t.parts('shown.lead', {computer})}</p>
      ${this.shown.recorded ? nothing : html`<p class="warning" role="alert">${t.text('shown.unrecorded')}</p>`}
      ${this.groups()}
      <div class="actions">
        <button type="button" @click=${() => this.copy()}>${t.text('shown.copy')}</button>
        <button type="button" class="secondary" @click=${() => print()}>${t.text('shown.print')}</button>
      </div>
      <p class="said" role="status">${this.said === null ? '' : t.text(this.said)}</p>
      <details class="spelling">
        <summary>${t.text('shown.spell')}</summary>
        ${this.spelling()}
      </details>
      <h2>${t.text('shown.next')}</h2>
      <ol>
        <li>${t.parts('shown.next.1', {computer})}</li>
        <li>${t.text('shown.next.2')}</li>
        <li>${t.parts('shown.next.3', {command: command('cardea card replace')})}</li>
      </ol>
      <p>${t.text('shown.keep')}</p>
      <p class="small">${t.text('shown.number', {number: this.shown.number})}</p>
      <section class="aside">
        <h2>${t.text('shown.card')}</h2>
        <p>${t.text('shown.card.text')}</p>
        <button type="button" class="secondary" @click=${() => this.lost()}>${t.text('shown.card.button')}</button>
      </section>
      <button type="button" class="done" @click=${() => this.done()}>${t.text('shown.done')}</button>`;
  }

  private groups(): TemplateResult {
    return html`<ol class="key" id="key" translate="no" data-key=${this.shown.typed}>
      ${groupItems(this.app.texts, this.shown.typed)}
    </ol>`;
  }

  private spelling(): TemplateResult {
    const t = this.app.texts;
    const words = (symbols: string) => Array.from(symbols, (symbol) => t.text(`spell.${symbol}` as TextId)).join(', ');
    return html`<dl>
      ${this.shown.typed.split('-').map(
        (symbols, index) => html`<dt>${t.text('shown.spell.group', {number: index + 1})}</dt>
          <dd>${words(symbols)}</dd>`,
      )}
    </dl>`;
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.shown.typed);
      this.said = 'shown.copied';
    } catch {
      this.said = 'shown.copy.failed';
    }
    this.app.draw();
  }

  private lost(): void {
    const back = async () => this.app.show(this);
    void this.run(() => beginLostCard(this.app, this.person, back));
  }

  private done(): void {
    removeEventListener('beforeunload', warnBeforeLeaving);
    void finish(this.app, this.person);
  }
}

// The key can't be shown again: a window closed by mistake would cost one.
function warnBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
