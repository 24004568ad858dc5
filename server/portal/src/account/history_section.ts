// SPDX-License-Identifier: Apache-2.0
// What happened: every event of the account in words, the newest first, checked by the browser itself. What does not fit is
// shown in red where it stands, and said above.
import {html, nothing, type TemplateResult} from 'lit-html';

import {command} from '../pages/form';
import type {Finding, ShownEvent} from '../protocol/history';
import {download, findingsBox} from './chain_view';
import {eventFacts, eventText, isWeighty, type Known} from './event_text';
import {Section} from './section';

const kFirstShown = 50;

export class HistorySection extends Section {
  readonly id = 'history';
  readonly title = 'history.title';
  private events: ShownEvent[] = [];
  private findings: Finding[] = [];
  private known: Known = {cards: new Map(), computers: new Map()};
  private fingerprint = '';
  private end = '';
  private done = false;
  private shown = kFirstShown;

  async open(): Promise<void> {
    const {visit} = this.frame.person;
    const [cards, computers] = [await visit.ask('cards', null), await visit.ask('computers', null)];
    this.known = {
      cards: new Map(cards.map((card) => [card.id, card])),
      computers: new Map(computers.map((computer) => [computer.id, computer])),
    };
    [this.events, this.done, this.shown] = [[], false, kFirstShown];
    while (!this.done) await this.fetchPart();
    this.events.reverse();
    this.frame.say('');
  }

  body(): TemplateResult {
    const t = this.frame.app.texts;
    return html`<p class="lead">${t.text('history.lead')}</p>
      ${this.verdict()}
      <ol class="events" reversed>
        ${this.days().map(([day, events]) => html`<li><h2><time>${day}</time></h2><ol>${events.map((event) => this.one(event))}</ol></li>`)}
      </ol>
      ${this.shown >= this.events.length
        ? nothing
        : html`<button type="button" class="secondary" @click=${() => this.showMore()}>${t.text('history.more')}</button>`}
      <button type="button" class="secondary" @click=${() => this.download()}>${t.text('history.download')}</button>
      ${this.trust()}`;
  }

  private async fetchPart(): Promise<void> {
    const part = await this.frame.person.visit.ask('history', {start: this.events.length === 0});
    this.events.push(...part.events);
    this.findings = part.findings;
    this.fingerprint = part.fingerprint;
    this.end = part.end;
    this.done = part.done;
    const values = {read: part.read, length: part.length};
    if (!part.done) this.frame.progress(this.frame.app.texts.text('history.progress', values));
  }

  private verdict(): TemplateResult {
    const t = this.frame.app.texts;
    if (this.findings.length === 0 && this.frame.app.warning === null) {
      return html`<p class="state good" id="verdict">${t.text('history.fits', {count: this.events.length})}</p>`;
    }
    if (this.findings.length === 0) return html`<p class="state bad" id="verdict">${t.text('history.fits.doubted')}</p>`;
    return findingsBox(t, this.findings);
  }

  private days(): [string, ShownEvent[]][] {
    const days: [string, ShownEvent[]][] = [];
    for (const event of this.events.slice(0, this.shown)) {
      const day = this.frame.app.texts.day(event.time);
      const last = days.at(-1);
      if (last?.[0] === day) last[1].push(event);
      else days.push([day, [event]]);
    }
    return days;
  }

  private one(event: ShownEvent): TemplateResult {
    const t = this.frame.app.texts;
    const facts = eventFacts(t, event).join(' · ');
    return html`<li class="event ${isWeighty(event) ? 'weighty' : ''} ${event.fits ? '' : 'doctored'}">
      <time datetime=${new Date(event.time * 1000).toISOString()}>${t.clock(event.time)}</time>
      <div>
        ${eventText(t, event, this.known)}
        ${event.fits ? nothing : html`<strong>${t.text('history.doctored', {number: event.sequence})}</strong>`}
        ${facts === '' ? nothing : html`<small>${facts}</small>`}
      </div>
    </li>`;
  }

  private trust(): TemplateResult {
    const t = this.frame.app.texts;
    return html`<section class="aside">
      <h2>${t.text('history.trust')}</h2>
      <p>${t.text('history.trust.can')}</p>
      <p>${t.parts('history.trust.cannot', {command: command('cardea status')})}</p>
      <p class="small">${t.text('history.key')}</p>
      <p class="fingerprint" translate="no">${this.fingerprint}</p>
    </section>`;
  }

  private showMore(): void {
    this.shown += 4 * kFirstShown;
    this.frame.app.draw();
  }

  private download(): void {
    download('cardea-history.jsonl', [...this.events.map(({line}) => line).reverse(), this.end]);
  }
}
