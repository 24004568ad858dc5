// SPDX-License-Identifier: Apache-2.0
// One opened record: its fields with the secret hidden, and the form that changes them. Used by records_section.ts.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId, Texts} from '../i18n/texts';
import {valueOf} from '../pages/form';
import type {Body} from '../protocol/sealed_record';

const kKinds = ['web', 'network', 'ssh', 'mail', 'bookmark', 'setting', 'note'] as const;
const kFields = ['title', 'kind', 'url', 'user', 'secret', 'notes', 'set'] as const;
type Field = (typeof kFields)[number];
const kLimits: Record<Field, number> = {title: 256, kind: 32, url: 2048, user: 256, secret: 4000, notes: 16_000, set: 128};
const kHidden = '••••••••';

export function kindText(t: Texts, kind: string): TemplateResult | string {
  const known = kKinds.find((one) => one === kind);
  return known === undefined ? html`<span translate="no">${kind}</span>` : t.text(`record.kind.${known}`);
}

// A member as it is stored: text as it is, anything else as JSON.
function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function link(url: string): TemplateResult | string {
  if (!/^https?:\/\//i.test(url)) return url;
  return html`<a href=${url} target="_blank" rel="noreferrer noopener">${url}</a>`;
}

export interface ViewActions {
  secretShown: boolean;
  toggleSecret: () => void;
  copySecret: (secret: string) => void;
}

export function recordFields(t: Texts, body: Body, actions: ViewActions): TemplateResult {
  if (!('members' in body)) return html`<p class="small">${t.text('record.text')}</p><pre>${body.text}</pre>`;
  const {members} = body;
  const known = kFields.filter((name) => name !== 'title' && members[name] !== undefined && members[name] !== '');
  const others = Object.keys(members).filter((name) => name !== 'updated' && !kFields.some((field) => field === name));
  return html`<dl class="facts">
    ${known.map((name) => fact(t, name, members[name], actions))}
    ${others.map((name) => html`<dt translate="no">${name}</dt><dd translate="no">${shown(members[name])}</dd>`)}
  </dl>`;
}

function fact(t: Texts, name: Field, value: unknown, actions: ViewActions): TemplateResult {
  const text = shown(value);
  const label = html`<dt>${t.text(`record.${name}`)}</dt>`;
  if (name === 'secret') return html`${label}<dd>${secret(t, text, actions)}</dd>`;
  if (name === 'kind') return html`${label}<dd>${kindText(t, text)}</dd>`;
  const content = name === 'url' ? link(text) : text;
  return html`${label}<dd translate="no" class=${name === 'notes' ? 'notes' : nothing}>${content}</dd>`;
}

function secret(t: Texts, text: string, {secretShown, toggleSecret, copySecret}: ViewActions): TemplateResult {
  const toggle = t.text(secretShown ? 'record.secret.hide' : 'record.secret.show');
  return html`<span class="secret" translate="no">${secretShown ? text : kHidden}</span>
    <span class="inline">
      <button type="button" class="secondary" aria-pressed=${secretShown ? 'true' : 'false'} @click=${toggleSecret}>
        ${toggle}
      </button>
      <button type="button" class="secondary" @click=${() => copySecret(text)}>${t.text('record.secret.copy')}</button>
    </span>`;
}

export function recordForm(t: Texts, members: Record<string, unknown>): TemplateResult {
  return html`${kFields.map((name) => input(t, name, members[name]))}`;
}

function input(t: Texts, name: Field, value: unknown): TemplateResult | typeof nothing {
  if (value !== undefined && typeof value !== 'string') return nothing; // a later version's: kept as it is
  const id = `record-${name}`;
  const label = html`<label for=${id}>${t.text(`record.${name}`)}</label>`;
  if (name === 'kind') return html`${label}${kindSelect(t, id, value ?? '')}`;
  if (name === 'notes') {
    return html`${label}<textarea id=${id} name=${name} rows="3" maxlength=${kLimits[name]} .value=${value ?? ''}></textarea>`;
  }
  return html`${label}<input
      id=${id}
      name=${name}
      type="text"
      class=${name === 'secret' ? 'code' : nothing}
      .value=${value ?? ''}
      maxlength=${kLimits[name]}
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      ?required=${name === 'title'}
    />`;
}

function kindSelect(t: Texts, id: string, value: string): TemplateResult {
  const kinds: readonly string[] = kKinds.some((kind) => kind === value) ? kKinds : [value, ...kKinds];
  return html`<select id=${id} name="kind">
    ${kinds.map((kind) => option(t, kind, kind === value))}
  </select>`;
}

// An option's text can't be marked: a kind of a later version is shown as it is.
function option(t: Texts, kind: string, selected: boolean): TemplateResult {
  const known = kKinds.find((one) => one === kind);
  const text = known === undefined ? kind : t.text(`record.kind.${known}`);
  return html`<option value=${kind} translate=${known === undefined ? 'no' : nothing} ?selected=${selected}>${text}</option>`;
}

// What the form has changed; a member that was not there and stays empty is not made.
export function changes(form: HTMLFormElement, members: Record<string, unknown>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of kFields) {
    if (form.elements.namedItem(name) === null) continue;
    const value = valueOf(form, name).replaceAll('\r\n', '\n');
    if (value !== (members[name] ?? '')) out[name] = value;
  }
  return out;
}

export const recordTitle = (t: Texts, title: string, readable: boolean): string =>
  title !== '' ? title : t.text(readable ? 'record.untitled' : ('record.closed' satisfies TextId));
