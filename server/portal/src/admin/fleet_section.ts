// SPDX-License-Identifier: Apache-2.0
// All computers: how many, what asks for attention and why, and each with what is known of it. Names are what their owners
// typed: they are text here and nothing else.
import {html, nothing, type TemplateResult} from 'lit-html';

import {Section} from '../account/section';
import type {TextId} from '../i18n/texts';
import {command, submitButton, valueOf} from '../pages/form';
import {kFilters, type Filter, type Fleet, type FleetComputer, type Reason} from '../worker/admin_messages';
import type {AdminFrame} from './admin_frame';

// What can be done about it.
const kHelp: Record<Reason, TextId> = {
  silent: 'admin.help.silent',
  'fell-back': 'admin.help.fell-back',
  outdated: 'admin.help.outdated',
  unfit: 'admin.help.unfit',
};

export class FleetSection extends Section<AdminFrame> {
  readonly id = 'computers';
  readonly title = 'admin.fleet.title';
  private fleet: Fleet | null = null;
  private computers: FleetComputer[] = [];
  private more = false;
  private filter: Filter | null = null; // until the counts are known
  private search = '';

  async open(): Promise<void> {
    this.fleet = await this.frame.visit.ask('adminFleet', null);
    this.filter ??= this.fleet.counts.attention > 0 ? 'attention' : 'all';
    await this.fetch(true);
  }

  body(): TemplateResult {
    const t = this.frame.app.texts;
    if (this.fleet === null || this.filter === null) return html``;
    const {users, computers, gateOn} = this.fleet;
    const counts = {users: t.number(users), computers: t.number(computers), on: t.number(gateOn)};
    return html`<p class="lead">${t.text('admin.fleet.lead', counts)}</p>
      <ul class="tiles">
        ${kFilters.map((filter) => this.tile(filter))}
      </ul>
      <div role="search">
        <form class="search" @submit=${(event: SubmitEvent) => this.find(event)}>
          <label for="search">${t.text('admin.search')}</label>
          <input id="search" name="search" type="search" maxlength="64" autocomplete="off" spellcheck="false" .value=${this.search} />
          ${submitButton(this.frame, t.text('admin.search.submit'))}
        </form>
      </div>
      <h2 id="list">${t.text(`admin.filter.${this.filter}`)}</h2>
      ${this.filter === 'attention' || this.filter === 'all' || this.filter === 'retired'
        ? nothing
        : html`<p>${t.parts(kHelp[this.filter], this.values())}</p>`}
      ${this.computers.length === 0 ? html`<p>${t.text('admin.fleet.none')}</p>` : nothing}
      <ul class="machines">
        ${this.computers.map((computer) => this.computer(computer))}
      </ul>
      ${this.more
        ? html`<button type="button" class="secondary" @click=${() => this.frame.run(() => this.fetch(false))}>
            ${t.text('admin.more')}
          </button>`
        : nothing}`;
  }

  private values(): Record<string, string | TemplateResult> {
    const days = String(this.fleet?.silentDays ?? 0);
    return {days, program: this.fleet?.program ?? '', command: command('cardea gate on')};
  }

  private tile(filter: Filter): TemplateResult {
    const t = this.frame.app.texts;
    const count = filter === 'all' ? (this.fleet?.computers ?? 0) : (this.fleet?.counts[filter] ?? 0);
    const alarming = filter !== 'all' && filter !== 'retired' && count > 0;
    const choose = () => {
      this.filter = filter;
      void this.frame.run(() => this.open());
    };
    return html`<li>
      <button
        type="button"
        class="tile ${alarming ? 'alarming' : ''}"
        data-filter=${filter}
        aria-pressed=${filter === this.filter ? 'true' : 'false'}
        @click=${choose}
      >
        <strong>${t.number(count)}</strong> <span>${t.text(`admin.filter.${filter}`)}</span>
      </button>
    </li>`;
  }

  private computer(computer: FleetComputer): TemplateResult {
    const t = this.frame.app.texts;
    const {name, account, serial, attention, gate, fit, program, lastSeen, retired} = computer;
    const seen = lastSeen > 0 ? t.time(lastSeen) : t.text('admin.seen.never');
    return html`<li class="machine" data-computer=${computer.id}>
      <h3><span translate="no">${name === '' ? '–' : name}</span> <small translate="no">${account}</small></h3>
      ${attention.length === 0 && !retired
        ? nothing
        : html`<ul class="badges">
            ${attention.map((reason) => html`<li>${t.text(`admin.reason.${reason}`)}</li>`)}
            ${retired ? html`<li class="quiet">${t.text('admin.filter.retired')}</li>` : nothing}
          </ul>`}
      <dl class="facts">
        <dt>${t.text('admin.fact.seen')}</dt>
        <dd>${seen}</dd>
        <dt>${t.text('admin.fact.gate')}</dt>
        <dd>${t.text(`admin.gate.${gate}`)}</dd>
        <dt>${t.text('admin.fact.fit')}</dt>
        <dd>${t.text(`admin.fit.${fit}`)}</dd>
        <dt>${t.text('admin.fact.program')}</dt>
        <dd>${program === '' ? t.text('admin.gate.unknown') : html`<span translate="no">${program}</span>`}</dd>
        ${serial === '' ? nothing : html`<dt>${t.text('admin.fact.serial')}</dt><dd translate="no">${serial}</dd>`}
      </dl>
    </li>`;
  }

  private find(event: SubmitEvent): void {
    event.preventDefault();
    this.search = valueOf(event.currentTarget as HTMLFormElement, 'search').trim();
    if (this.search !== '' && this.filter === 'attention') this.filter = 'all';
    void this.frame.run(() => this.open());
  }

  private async fetch(start: boolean): Promise<void> {
    const filter = this.filter ?? 'all';
    const part = await this.frame.visit.ask('adminComputers', {filter, search: this.search, start});
    this.computers = start ? part.computers : [...this.computers, ...part.computers];
    this.more = part.more;
  }
}
