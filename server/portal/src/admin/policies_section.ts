// SPDX-License-Identifier: Apache-2.0
// What the organisation decides. Each change is asked for in words, and takes a touch of the security key for it alone.
import {html, nothing, type TemplateResult} from 'lit-html';

import {askButton, askPanel, AskingSection} from '../account/ask_panel';
import type {TextId} from '../i18n/texts';
import {command} from '../pages/form';
import type {Policies, PolicyShown} from '../worker/admin_messages';
import type {AdminFrame} from './admin_frame';

interface PolicyTexts {
  title: TextId;
  help: TextId;
}
// Those this page knows; others are shown under their name with the server's own words.
const kPolicies: Record<string, PolicyTexts> = {
  registration: {title: 'policy.registration', help: 'policy.registration.help'},
  'guesses-per-prefix': {title: 'policy.guesses', help: 'policy.guesses.help'},
  'officer.second': {title: 'policy.second', help: 'policy.second.help'},
  'officer.verification': {title: 'policy.verification', help: 'policy.verification.help'},
  relocation: {title: 'policy.relocation', help: 'policy.relocation.help'},
  'fleet.silent-days': {title: 'policy.silent', help: 'policy.silent.help'},
};
const kWords: Record<string, TextId> = {
  open: 'policy.word.open',
  closed: 'policy.word.closed',
  never: 'policy.word.never',
  always: 'policy.word.always',
  ask: 'policy.word.ask',
  auto: 'policy.word.auto',
  off: 'policy.word.off',
  'known-in-person': 'desk.verified.known-in-person',
  'identity-document': 'desk.verified.identity-document',
  'call-back': 'desk.verified.call-back',
  manager: 'desk.verified.manager',
};

export class PoliciesSection extends AskingSection<AdminFrame> {
  readonly id = 'policies';
  readonly title = 'admin.policies.title';
  private policies: Policies = {version: 0, policies: []};

  async open(): Promise<void> {
    this.ask = null;
    this.policies = await this.frame.visit.ask('adminPolicies', null);
  }

  body(): TemplateResult {
    const t = this.frame.app.texts;
    const parts = {command: command('cardea admin policy')};
    return html`<p class="lead">${t.text('admin.policies.lead')}</p>
      ${this.policies.policies.map((policy) => this.policy(policy))}
      <section class="aside">
        <h2>${t.text('admin.policies.server')}</h2>
        <p>${t.parts('admin.policies.server.text', parts)}</p>
      </section>`;
  }

  private policy(policy: PolicyShown): TemplateResult {
    const t = this.frame.app.texts;
    const known = this.known(policy);
    const asked = this.ask?.subject === policy.name ? this.ask.what : '';
    const since = policy.isSet ? t.text('admin.policy.set', {time: t.time(policy.changed)}) : t.text('admin.policy.default');
    return html`<section class="thing" data-policy=${policy.name}>
      <h2>${known === null ? html`<span translate="no">${policy.name}</span>` : t.text(known.title)}</h2>
      <p>${known === null ? html`<span translate="no" lang="en">${policy.meaning}</span>` : t.text(known.help)}</p>
      <p><strong class="value">${this.shown(policy, policy.value)}</strong> <small>${since}</small></p>
      ${asked === ''
        ? html`<div class="actions">
            ${askButton({subject: policy.name, what: 'change'}, t.text('admin.policy.change'), this.show)}
            ${policy.isSet ? askButton({subject: policy.name, what: 'reset'}, t.text('admin.policy.reset'), this.show) : nothing}
          </div>`
        : this.panel(policy, asked)}
    </section>`;
  }

  private panel(policy: PolicyShown, asked: string): TemplateResult {
    const t = this.frame.app.texts;
    const reset = asked === 'reset';
    const texts = {
      title: t.text(reset ? 'admin.policy.reset' : 'admin.policy.change'),
      consequences: [
        ...(reset ? [t.text('admin.policy.reset.text', {value: this.shown(policy, policy.fallback)})] : []),
        t.text('admin.policy.at-once'),
        t.text('admin.policy.touch'),
      ],
      submit: t.text('admin.policy.submit'),
      cancel: t.text('cancel'),
    };
    const done = (form: HTMLFormElement) => this.change(policy, reset ? null : this.chosen(policy, form));
    return askPanel(this.frame, texts, reset ? nothing : this.field(policy), done, this.close);
  }

  private field(policy: PolicyShown): TemplateResult {
    const t = this.frame.app.texts;
    if (policy.type === 'number') {
      const bounds = {minimum: t.number(policy.minimum), maximum: t.number(policy.maximum)};
      return html`<label for="value">${t.text('admin.policy.value')}</label>
        <input
          id="value"
          name="value"
          type="number"
          inputmode="numeric"
          step="1"
          min=${policy.minimum}
          max=${policy.maximum}
          value=${policy.value}
          aria-describedby="value-help"
          required
        />
        <small id="value-help">${t.text('admin.policy.bounds', bounds)}</small>`;
    }
    const chosen = policy.value.split(',');
    const type = policy.type === 'choice' ? 'radio' : 'checkbox';
    return html`<fieldset>
      <legend>${t.text('admin.policy.value')}</legend>
      ${policy.allowed.map(
        (value) => html`<label class="reason">
          <input type=${type} name="value" value=${value} ?checked=${chosen.includes(value)} ?required=${type === 'radio'} />
          <span>${this.word(value)}</span>
        </label>`,
      )}
    </fieldset>`;
  }

  private chosen(policy: PolicyShown, form: HTMLFormElement): string {
    const values = new FormData(form).getAll('value').map(String);
    return policy.type === 'words' ? values.sort().join(',') : (values[0] ?? '');
  }

  private change({name}: PolicyShown, value: string | null): Promise<void> {
    const {version} = this.policies;
    return this.frame.run(async () => {
      const assertion = await this.frame.touch({do: 'policy-set', name, value, version});
      this.policies = await this.frame.visit.ask('adminSetPolicy', assertion);
      this.close();
      this.frame.say(this.frame.app.texts.text('admin.policy.done'));
    });
  }

  private known({name}: PolicyShown): PolicyTexts | null {
    return Object.hasOwn(kPolicies, name) ? (kPolicies[name] ?? null) : null;
  }

  private word(value: string): string {
    const id = Object.hasOwn(kWords, value) ? kWords[value] : undefined;
    return id === undefined ? value : this.frame.app.texts.text(id);
  }

  private shown(policy: PolicyShown, value: string): string {
    const t = this.frame.app.texts;
    if (policy.type === 'number') return /^\d{1,15}$/.test(value) ? t.number(Number(value)) : value;
    if (value === '') return t.text('admin.policy.nothing');
    return value
      .split(',')
      .map((word) => this.word(word))
      .join(', ');
  }
}
