// SPDX-License-Identifier: Apache-2.0
// The chains: the administration's, followed here to its signed end before it is called whole, and a user's, for which the
// security key is touched and which he reads of in his own history.
import {html, nothing, type TemplateResult} from 'lit-html';

import {Section} from '../account/section';
import {download, findingsBox} from '../account/chain_view';
import {command, submitButton, valueOf} from '../pages/form';
import type {Finding, HistoryPart, ShownEvent} from '../protocol/history';
import {refusedFor} from '../help_desk/refusal';
import type {AdminFrame} from './admin_frame';

const kFirstShown = 20;
const kMaxValue = 160;
const kLongId = /^[0-9a-f]{32,}$/; // the file has all of it

interface Followed {
  events: ShownEvent[]; // the oldest first
  findings: Finding[];
  end: string;
  fingerprint: string;
}

export class AuditSection extends Section<AdminFrame> {
  readonly id = 'audit';
  readonly title = 'admin.audit.title';
  private chain: Followed | null = null;
  private shown = kFirstShown;
  private exported = ''; // whose history was saved last, and whether it was whole
  private exportedFindings: Finding[] = [];

  async open(): Promise<void> {
    const {visit} = this.frame;
    [this.shown, this.exported] = [kFirstShown, ''];
    this.chain = await this.follow((start) => visit.ask('adminChain', {start}));
    this.frame.say('');
  }

  body(): TemplateResult {
    const t = this.frame.app.texts;
    if (this.chain === null) return html``;
    const {events, findings, fingerprint} = this.chain;
    const newest = events.slice(-this.shown).reverse();
    return html`<p class="lead">${t.text('admin.audit.lead')}</p>
      ${findings.length === 0
        ? html`<p class="state good" id="verdict">${t.text('history.fits', {count: t.number(events.length)})}</p>`
        : findingsBox(t, findings)}
      <ol class="events" reversed>
        ${newest.map((event) => this.event(event))}
      </ol>
      ${this.shown >= events.length
        ? nothing
        : html`<button type="button" class="secondary" @click=${() => this.showMore()}>${t.text('history.more')}</button>`}
      <button type="button" class="secondary" @click=${() => this.save()}>${t.text('admin.audit.download')}</button>
      <h2>${t.text('admin.history.title')}</h2>
      <p>${t.text('admin.history.lead')}</p>
      <form @submit=${(event: SubmitEvent) => this.read(event)}>
        <label for="account">${t.text('desk.find.label')}</label>
        <input id="account" name="account" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="64" required />
        ${submitButton(this.frame, t.text('admin.history.submit'))}
      </form>
      ${this.exported === '' ? nothing : this.verdictOfHistory()}
      <section class="aside">
        <h2>${t.text('history.trust')}</h2>
        <p>${t.parts('admin.audit.verify', {command: command('cardea admin audit verify')})}</p>
        <p>${t.parts('admin.audit.export', {command: command('cardea admin audit export')})}</p>
        <p class="small">${t.text('history.key')}</p>
        <p class="fingerprint" translate="no">${fingerprint}</p>
      </section>`;
  }

  private verdictOfHistory(): TemplateResult {
    const t = this.frame.app.texts;
    if (this.exportedFindings.length > 0) return findingsBox(t, this.exportedFindings, 'history-verdict');
    return html`<p class="state good" id="history-verdict" role="status">${this.exported}</p>`;
  }

  private event(event: ShownEvent): TemplateResult {
    const t = this.frame.app.texts;
    return html`<li class="event ${event.fits ? '' : 'doctored'}">
      <time datetime=${new Date(event.time * 1000).toISOString()}>${t.time(event.time)}</time>
      <div>
        <span class="who" translate="no">${event.actor}</span> <code translate="no">${event.kind}</code>
        ${event.fits ? nothing : html`<strong>${t.text('history.doctored', {number: event.sequence})}</strong>`}
        <small translate="no">${this.details(event)}</small>
      </div>
    </li>`;
  }

  // As it stands in the chain: an administrator compares it with what the server prints.
  private details({details}: ShownEvent): string {
    const text = (value: unknown) => {
      const whole = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      return kLongId.test(whole) ? `${whole.slice(0, 16)}…` : whole.slice(0, kMaxValue);
    };
    return Object.keys(details)
      .sort()
      .map((name) => `${name}: ${text(details[name])}`)
      .join(' · ');
  }

  private read(event: SubmitEvent): void {
    event.preventDefault();
    const account = valueOf(event.currentTarget as HTMLFormElement, 'account').trim();
    const {app, visit} = this.frame;
    void this.frame.run(async () => {
      this.exported = '';
      const assertion = await this.frame.touch({do: 'history-read', account});
      await refusedFor(['not-found'], visit.ask('adminOpenHistory', assertion));
      const followed = await this.follow(() => visit.ask('adminHistory', null));
      this.exported = app.texts.text('admin.history.done', {account, count: app.texts.number(followed.events.length)});
      this.exportedFindings = followed.findings;
      download('cardea-history.jsonl', [...followed.events.map(({line}) => line), followed.end]);
      this.frame.say('');
    });
  }

  private async follow(next: (start: boolean) => Promise<HistoryPart & {fingerprint: string}>): Promise<Followed> {
    const out: Followed = {events: [], findings: [], end: '', fingerprint: ''};
    for (let done = false, start = true; !done; start = false) {
      const part = await next(start);
      out.events.push(...part.events);
      [out.findings, out.end, out.fingerprint, done] = [part.findings, part.end, part.fingerprint, part.done];
      const values = {read: part.read, length: part.length};
      if (!done) this.frame.progress(this.frame.app.texts.text('history.progress', values));
    }
    return out;
  }

  private showMore(): void {
    this.shown += 4 * kFirstShown;
    this.frame.app.draw();
  }

  private save(): void {
    if (this.chain === null) return;
    download('cardea-administration.jsonl', [...this.chain.events.map(({line}) => line), this.chain.end]);
  }
}
