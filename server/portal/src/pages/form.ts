// SPDX-License-Identifier: Apache-2.0
// Parts of forms that several steps have.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {Texts} from '../i18n/texts';
import type {Step} from './app';

export function valueOf(form: HTMLFormElement, name: string): string {
  return String(new FormData(form).get(name) ?? '');
}

// Calls `action` with the form when it is sent; nothing is ever sent by the browser itself.
export function whenSent(step: Step, action: (form: HTMLFormElement) => Promise<void>) {
  return (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    void step.run(() => action(form));
  };
}

export function submitButton(step: {readonly busy: boolean}, text: string): TemplateResult {
  return html`<button type="submit" aria-busy=${step.busy ? 'true' : 'false'} ?disabled=${step.busy}>${text}</button>`;
}

interface SecretField {
  name: string;
  label: string;
  showLabel: string;
  autocomplete: 'current-password' | 'new-password' | 'off';
  typed?: (text: string) => void; // at each change
  help?: string; // id of what describes it
}

// A hidden field with a switch that shows it: at midnight, on a telephone, people want to see what they type.
export function secretField({name, label, showLabel, autocomplete, typed, help}: SecretField): TemplateResult {
  const toggle = (event: Event) => {
    const box = event.currentTarget as HTMLInputElement;
    const field = box.form?.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.type = box.checked ? 'text' : 'password';
  };
  return html`<label for=${name}>${label}</label>
    <input
      id=${name}
      name=${name}
      type="password"
      autocomplete=${autocomplete}
      autocapitalize="off"
      autocorrect="off"
      spellcheck="false"
      maxlength="1024"
      aria-describedby=${help ?? nothing}
      @input=${typed === undefined ? nothing : (event: InputEvent) => typed((event.currentTarget as HTMLInputElement).value)}
      required
    />
    <label class="show"><input type="checkbox" role="switch" @change=${toggle} />${showLabel}</label>`;
}

export function progress(texts: Texts, step: number, steps: number): TemplateResult {
  return html`<p class="progress">${texts.text('steps', {step, steps})}</p>`;
}

export function working(step: Step, text: string): TemplateResult | typeof nothing {
  return html`<p class="working" role="status">${step.busy ? text : ''}</p>`;
}

export function command(text: string): TemplateResult {
  return html`<code translate="no">${text}</code>`;
}

export function accountField(t: Texts, value = ''): TemplateResult {
  return html`<label for="account">${t.text('account.label')}</label>
    <input
      id="account"
      name="account"
      type="text"
      value=${value}
      autocomplete="username"
      autocapitalize="off"
      autocorrect="off"
      spellcheck="false"
      maxlength="64"
      aria-describedby="account-help"
      required
    />
    <small id="account-help">${t.text('account.help')}</small>`;
}

// The code of the recovery sheet.
export function sheetField(t: Texts): TemplateResult {
  return html`<label for="code">${t.text('sheet.label')}</label>
    <input
      id="code"
      name="code"
      class="code"
      type="text"
      autocomplete="off"
      autocapitalize="characters"
      autocorrect="off"
      spellcheck="false"
      maxlength="200"
      aria-describedby="code-help"
      required
    />
    <small id="code-help">${t.text('sheet.help')}</small>`;
}

// The groups of an access key or a code, in large letters: the items of a list of the class `key`.
export function groupItems(t: Texts, typed: string): TemplateResult[] {
  const group = (symbols: string, index: number) => html`<li>
    <span class="number" aria-label=${t.text('shown.group', {number: index + 1})}>${index + 1}</span>
    <span class="symbols">${symbols}</span>
  </li>`;
  return typed.split('-').map(group);
}
