// SPDX-License-Identifier: Apache-2.0
// My records: found, read, changed, deleted and brought back, after their keys came with the card or by the code of the
// recovery sheet. Only the record that is open is in the page; the worker has the keys.
import {html, nothing, type TemplateResult} from 'lit-html';

import {isFailure} from '../base/failure';
import type {TextId} from '../i18n/texts';
import {command, sheetField, submitButton, valueOf} from '../pages/form';
import type {ListedRecord, OpenedRecord, Usage} from '../protocol/records';
import {askButton, askPanel, AskingSection} from './ask_panel';
import {changes, kindText, recordFields, recordForm, recordTitle} from './record_view';

const kEverySet = '';
const kNoUsage: Usage = {records: 0, maxRecords: 0, trashed: 0, maxTrashed: 0, trashDays: 30, bytes: 0};

export class RecordsSection extends AskingSection {
  readonly id = 'records';
  readonly title = 'records.title';
  override readonly needs = 'proved';
  private unlocked = false;
  private records: ListedRecord[] = [];
  private trashed: ListedRecord[] | null = null; // null: not looked at
  private usage = kNoUsage;
  private cardOnly = 0;
  private wanted = '';
  private set = kEverySet;
  private opened: OpenedRecord | null = null;
  private editing = false;
  private secretShown = false;

  async open(): Promise<void> {
    const {visit} = this.frame.person;
    this.shutAll();
    this.trashed = null;
    this.unlocked = await visit.ask('recordsUnlocked', null);
    if (this.unlocked) await this.fetch();
  }

  body(): TemplateResult {
    if (!this.unlocked) return this.locked();
    const t = this.frame.app.texts;
    const found = this.records.filter((record) => this.isWanted(record));
    return html`${this.head()}
      <p class="small" role="status">
        ${this.records.length === 0 ? t.text('records.none') : t.text('records.found', {count: found.length, all: this.records.length})}
      </p>
      <ul class="records">
        ${found.map((record) => html`<li>${this.one(record)}</li>`)}
      </ul>
      ${this.trash()}`;
  }

  private shutAll(): void {
    [this.opened, this.editing, this.secretShown, this.ask] = [null, false, false, null];
  }

  private async fetch(): Promise<void> {
    const {person, app} = this.frame;
    const records: ListedRecord[] = [];
    for (let start = true; ; start = false) {
      const part = await person.visit.ask('records', {start});
      records.push(...part.records);
      [this.usage, this.cardOnly] = [part.usage, part.cardOnly];
      if (part.done) break;
      this.frame.progress(app.texts.text('records.progress', {read: part.read, total: part.total}));
    }
    this.frame.say('');
    this.records = records.sort((a, b) => a.title.localeCompare(b.title));
  }

  private locked(): TemplateResult {
    const t = this.frame.app.texts;
    const sent = (event: SubmitEvent) => {
      event.preventDefault();
      const form = event.currentTarget as HTMLFormElement;
      void this.frame.run(() => this.unlock(form));
    };
    return html`<p class="lead">${t.text('records.locked')}</p>
      <form @submit=${sent}>
        ${sheetField(t)}
        ${submitButton(this.frame, t.text('records.unlock'))}
      </form>
      <p>${t.parts('records.locked.card', {command: command('cardea portal allow')})}</p>`;
  }

  private async unlock(form: HTMLFormElement): Promise<void> {
    try {
      await this.frame.person.visit.ask('unlockRecords', {code: valueOf(form, 'code')});
    } catch (error) {
      if (!isFailure(error, 'identity-not-accepted')) throw error;
      this.frame.refuse('error.sheet');
      return;
    }
    form.reset();
    await this.open();
  }

  private head(): TemplateResult {
    const t = this.frame.app.texts;
    const sets = [...new Set(this.records.map(({set}) => set).filter((set) => set !== ''))].sort();
    const search = (event: Event) => {
      this.wanted = (event.currentTarget as HTMLInputElement).value;
      this.frame.app.draw();
    };
    const choose = (event: Event) => {
      this.set = (event.currentTarget as HTMLSelectElement).value;
      this.frame.app.draw();
    };
    return html`<p class="lead">${t.text('records.lead')}</p>
      <p class="small">${t.text('records.usage', this.usageValues())}</p>
      ${this.cardOnly > 0 ? html`<p class="state quiet">${t.text('records.card-only', {count: this.cardOnly})}</p>` : nothing}
      <div class="filters">
        <div>
          <label for="search">${t.text('records.search')}</label>
          <input id="search" type="search" autocomplete="off" spellcheck="false" .value=${this.wanted} @input=${search} />
        </div>
        ${sets.length === 0
          ? nothing
          : html`<div>
              <label for="set">${t.text('record.set')}</label>
              <select id="set" @change=${choose}>
                <option value=${kEverySet}>${t.text('records.every-set')}</option>
                ${sets.map((set) => html`<option value=${set} translate="no" ?selected=${set === this.set}>${set}</option>`)}
              </select>
            </div>`}
      </div>`;
  }

  private usageValues(): Record<string, string> {
    const t = this.frame.app.texts;
    const {records, maxRecords, bytes} = this.usage;
    return {records: t.number(records), all: t.number(maxRecords), size: t.size(bytes)};
  }

  private isWanted({title, url, user, kind, set}: ListedRecord): boolean {
    if (this.set !== kEverySet && set !== this.set) return false;
    const text = `${title}\n${url}\n${user}\n${kind}\n${set}`.toLocaleLowerCase();
    return text.includes(this.wanted.trim().toLocaleLowerCase());
  }

  private one(record: ListedRecord): TemplateResult {
    const t = this.frame.app.texts;
    const open = this.opened?.id === record.id;
    const toggle = () => (open ? this.shut(record) : void this.view(record));
    const facts = [record.url, record.set, t.time(record.changed), t.size(record.size)].filter((fact) => fact !== '');
    return html`<h2>
        <button type="button" id=${`record-${record.id}`} class="record" translate="no" aria-expanded=${open ? 'true' : 'false'} @click=${toggle}>
          ${recordTitle(t, record.title, record.readable)}
        </button>
      </h2>
      <p class="small">
        ${record.kind === '' ? nothing : kindText(t, record.kind)}
        <span translate="no">${record.kind === '' ? '' : '· '}${facts.join(' · ')}</span>
        ${record.place === null ? nothing : html`<span class="place ${record.place}">${t.text(`records.place.${record.place}`)}</span>`}
      </p>
      ${open ? this.panel(record) : nothing}`;
  }

  private shut(record: ListedRecord): void {
    this.shutAll();
    this.frame.app.draw();
    this.frame.app.focus(`record-${record.id}`);
  }

  private async view(record: ListedRecord): Promise<void> {
    await this.frame.run(async () => {
      this.shutAll();
      if (record.readable) this.opened = await this.frame.person.visit.ask('openRecord', {id: record.id});
      else this.opened = {id: record.id, version: record.version, body: {text: ''}};
    });
  }

  private panel(record: ListedRecord): TemplateResult {
    const t = this.frame.app.texts;
    const {opened} = this;
    if (opened === null) return html``;
    if (this.ask?.what === 'remove') return this.removal(record, opened);
    const body = opened.body;
    if (this.editing && 'members' in body) return this.editor(opened, body.members);
    const actions = {
      secretShown: this.secretShown,
      toggleSecret: () => {
        this.secretShown = !this.secretShown;
        this.frame.app.draw();
      },
      copySecret: (secret: string) => void this.copy(secret),
    };
    const edit = () => {
      this.editing = true;
      this.frame.app.draw();
      this.frame.app.focus('record-title');
    };
    return html`<div class="thing">
      ${record.readable ? recordFields(t, body, actions) : html`<p>${t.text('record.closed.text')}</p>`}
      <div class="actions">
        ${'members' in body ? html`<button type="button" class="secondary" @click=${edit}>${t.text('record.edit')}</button>` : nothing}
        ${askButton({subject: record.id, what: 'remove'}, t.text('record.remove'), this.show, true)}
      </div>
    </div>`;
  }

  private editor(opened: OpenedRecord, members: Record<string, unknown>): TemplateResult {
    const t = this.frame.app.texts;
    const sent = (event: SubmitEvent) => {
      event.preventDefault();
      const changed = changes(event.currentTarget as HTMLFormElement, members);
      void this.frame.run(async () => {
        const {id, version} = opened;
        if (Object.keys(changed).length > 0) {
          await this.frame.person.visit.ask('changeRecord', {id, version, members: changed});
        }
        await this.open();
        this.frame.say(t.text('record.saved'));
      });
    };
    const cancel = () => {
      this.editing = false;
      this.frame.app.draw();
      this.frame.app.focus(`record-${opened.id}`);
    };
    return html`<form class="thing" @submit=${sent}>
      ${recordForm(t, members)}
      <div class="actions">
        ${submitButton(this.frame, t.text('record.save'))}
        <button type="button" class="secondary" @click=${cancel}>${t.text('cancel')}</button>
      </div>
    </form>`;
  }

  private removal(record: ListedRecord, opened: OpenedRecord): TemplateResult {
    const t = this.frame.app.texts;
    const title = recordTitle(t, record.title, record.readable);
    const texts = {
      title: t.text('record.remove.title', {record: title}),
      consequences: [t.text('record.remove.1', {days: this.usage.trashDays}), t.text('record.remove.2')],
      submit: t.text('record.remove.submit'),
      cancel: t.text('cancel'),
    };
    const done = async () => {
      await this.frame.person.visit.ask('removeRecord', {id: opened.id, version: opened.version});
      await this.open();
      this.frame.say(t.text('record.remove.done', {record: title}));
    };
    return askPanel(this.frame, texts, nothing, () => this.frame.run(done), this.close);
  }

  private trash(): TemplateResult | typeof nothing {
    const t = this.frame.app.texts;
    if (this.usage.trashed === 0) return nothing;
    const look = () =>
      void this.frame.run(async () => {
        this.trashed = await this.frame.person.visit.ask('trash', null);
      });
    if (this.trashed === null) {
      return html`<button type="button" class="secondary" @click=${look}>
        ${t.text('trash.look', {count: this.usage.trashed})}
      </button>`;
    }
    return html`<section class="aside">
      <h2>${t.text('trash.title')}</h2>
      <p>${t.text('trash.lead', {days: this.usage.trashDays})}</p>
      <ul class="records">
        ${this.trashed.map((record) => html`<li>${this.deleted(record)}</li>`)}
      </ul>
    </section>`;
  }

  private deleted(record: ListedRecord): TemplateResult {
    const t = this.frame.app.texts;
    const title = recordTitle(t, record.title, record.readable);
    const restore = () =>
      void this.frame.run(async () => {
        await this.frame.person.visit.ask('restoreRecord', {id: record.id, version: record.version});
        await this.open();
        this.frame.say(t.text('trash.restored', {record: title}));
      });
    return html`<p>
        <strong translate="no">${title}</strong><br /><small>${t.text('trash.deleted', {time: t.time(record.changed)})}</small>
      </p>
      <button type="button" class="secondary" aria-label=${t.text('trash.restore.named', {record: title})} @click=${restore}>
        ${t.text('trash.restore')}
      </button>`;
  }

  private async copy(secret: string): Promise<void> {
    let said: TextId = 'record.secret.copied';
    try {
      await navigator.clipboard.writeText(secret);
    } catch {
      said = 'record.secret.copy.failed';
    }
    this.frame.progress(this.frame.app.texts.text(said));
  }
}
