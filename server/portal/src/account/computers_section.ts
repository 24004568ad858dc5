// SPDX-License-Identifier: Apache-2.0
// My computers: does each fit the server, when was it in contact; new access keys for it; out of the account with it.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import {valueOf} from '../pages/form';
import type {Computer} from '../protocol/account';
import {askButton, askPanel, AskingSection} from './ask_panel';

type Mood = 'good' | 'bad' | 'quiet';

const kStates: Record<Computer['fit'], [Mood, TextId]> = {
  ok: ['good', 'computers.fit.ok'],
  mismatch: ['bad', 'computers.fit.mismatch'],
  none: ['quiet', 'computers.fit.none'],
  unknown: ['quiet', 'computers.fit.unknown'],
};

export class ComputersSection extends AskingSection {
  readonly id = 'computers';
  readonly title = 'computers.title';
  private computers: Computer[] = [];

  async open(): Promise<void> {
    this.computers = await this.frame.person.visit.ask('computers', null);
    this.computers.sort((a, b) => a.name.localeCompare(b.name));
    this.ask = null;
  }

  body(): TemplateResult {
    const t = this.frame.app.texts;
    return html`<p class="lead">${t.text(this.computers.length === 0 ? 'computers.none' : 'computers.lead')}</p>
      ${this.computers.map((computer) => this.one(computer))}`;
  }

  private one(computer: Computer): TemplateResult {
    const t = this.frame.app.texts;
    const [mood, state] = kStates[computer.fit];
    const keys = {set: computer.generation, issued: computer.issued, used: computer.used};
    const fact = (title: TextId, value: unknown) => html`<dt>${t.text(title)}</dt><dd>${value}</dd>`;
    const seen = html`<time>${t.time(computer.lastSeen)}</time>`;
    return html`<section class="thing">
      <h2 translate="no">${computer.name}</h2>
      <p class="state ${mood}">${t.text(state)}</p>
      ${computer.rotateAsked === 0
        ? nothing
        : html`<p class="state quiet">${t.text('computers.asked', {time: t.time(computer.rotateAsked)})}</p>`}
      <dl class="facts">
        ${fact('computers.seen', computer.lastSeen > 0 ? seen : t.text('computers.never'))}
        ${fact('computers.keys', t.text(computer.generation > 0 ? 'computers.keys.count' : 'computers.keys.none', keys))}
        ${computer.serial === '' ? nothing : fact('computers.serial', html`<span translate="no">${computer.serial}</span>`)}
      </dl>
      ${this.actions(computer)}
    </section>`;
  }

  private actions(computer: Computer): TemplateResult {
    const t = this.frame.app.texts;
    if (this.ask?.subject === computer.id) return this.ask.what === 'retire' ? this.retire(computer) : this.rotate(computer);
    const rotate = {subject: computer.id, what: 'rotate'};
    const retire = {subject: computer.id, what: 'retire'};
    return html`<div class="actions">
      ${computer.rotateAsked > 0 ? nothing : askButton(rotate, t.text('computers.rotate'), this.show)}
      ${askButton(retire, t.text('computers.retire'), this.show, true)}
    </div>`;
  }

  private rotate(computer: Computer): TemplateResult {
    const t = this.frame.app.texts;
    const texts = {
      title: t.text('computers.rotate.title', {computer: computer.name}),
      consequences: [t.text('computers.rotate.1'), t.text('computers.rotate.2'), t.text('computers.rotate.3')],
      submit: t.text('computers.rotate.submit'),
      cancel: t.text('cancel'),
    };
    const done = async () => {
      await this.frame.person.visit.ask('askForNewKeys', {computer: computer.id});
      await this.open();
      this.frame.say(t.text('computers.rotate.done', {computer: computer.name}));
    };
    return askPanel(this.frame, texts, nothing, () => this.frame.runProved(done), this.close);
  }

  private retire(computer: Computer): TemplateResult {
    const t = this.frame.app.texts;
    const texts = {
      title: t.text('computers.retire.title', {computer: computer.name}),
      consequences: [t.text('computers.retire.1'), t.text('computers.retire.2'), t.text('computers.retire.3')],
      submit: t.text('computers.retire.submit'),
      cancel: t.text('cancel'),
    };
    const typed = html`<label for="typed">${t.text('computers.retire.type', {computer: computer.name})}</label>
      <input id="typed" name="typed" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="256" required />`;
    const done = async () => {
      await this.frame.person.visit.ask('retire', {computer: computer.id});
      await this.open();
      this.frame.say(t.text('computers.retire.done', {computer: computer.name}));
    };
    const check = async (form: HTMLFormElement) => {
      if (valueOf(form, 'typed').trim() !== computer.name) {
        this.frame.refuse('computers.retire.other');
        return;
      }
      await this.frame.runProved(done);
    };
    return askPanel(this.frame, texts, typed, check, this.close);
  }
}
