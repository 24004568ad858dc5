// SPDX-License-Identifier: Apache-2.0
// A page of one visit and several sections. The section is in the address behind '#', so that the browser's way back works
// and a link leads to a section, while worker and session stay. “My Cardea” and the administrator's page are such.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import {Step, type App} from '../pages/app';
import {working} from '../pages/form';
import type {Frame, Section} from './section';

export abstract class SectionsStep<F extends Frame> extends Step implements Frame {
  protected abstract readonly pageTitle: TextId;
  protected abstract readonly sections: readonly Section<F>[];
  protected current: Section<F> | null = null;
  private said = '';
  private moved = false; // the address changed while something else was done
  private readonly followAddress = () => {
    if (!this.app.shows(this)) this.app.show(this); // instead of a question that was not answered
    void this.choose();
  };

  constructor(override readonly app: App) {
    super(app);
    addEventListener('hashchange', this.followAddress);
  }

  get title(): TextId {
    return this.current?.title ?? this.pageTitle;
  }

  // Ends the visit.
  protected abstract finish(): void;

  // Runs what fetches a section.
  protected enter(_section: Section<F>, open: () => Promise<void>): Promise<void> {
    return this.run(open);
  }

  // The section of the address, or the first one; `anew` when it is to be fetched again.
  async choose(anew = false): Promise<void> {
    if (this.busy) {
      this.moved = true;
      return;
    }
    const wanted = this.sections.find(({id}) => `#${id}` === location.hash);
    const section = wanted ?? this.current ?? this.sections[0];
    if (section === undefined || (section === this.current && !anew)) return;
    const open = async () => {
      await section.open();
      this.current = section;
      this.app.name(section.title);
      // Also the first one: the way back leads to it.
      if (location.hash !== `#${section.id}`) history.replaceState(null, '', `#${section.id}`);
    };
    await this.enter(section, open);
    if (this.error === '') this.app.focus('title');
  }

  override async run(action: () => Promise<void>): Promise<void> {
    this.said = '';
    await super.run(action);
    if (!this.moved || this.busy) return;
    this.moved = false;
    await this.choose();
  }

  say(text: string): void {
    this.said = text;
  }

  progress(text: string): void {
    this.said = text;
    this.app.draw();
  }

  refuse(why: TextId): void {
    this.error = this.app.texts.text(why);
    this.app.draw();
    this.app.focus('error');
  }

  override navigation(): TemplateResult {
    const t = this.app.texts;
    const again = ({id}: Section<F>) => (location.hash === `#${id}` ? void this.choose(true) : undefined);
    const link = (section: Section<F>) => html`<li>
      <a href="#${section.id}" aria-current=${section === this.current ? 'page' : nothing} @click=${() => again(section)}
        >${t.text(section.title)}</a
      >
    </li>`;
    return html`<nav class="sections content" aria-label=${t.text(this.pageTitle)}>
      <ul>
        ${this.sections.map(link)}
      </ul>
      <button type="button" class="secondary" @click=${() => this.leave()}>${t.text('account.leave')}</button>
    </nav>`;
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="said" role="status">${this.said}</p>
      ${this.said === '' ? working(this, t.text('account.working')) : nothing} ${this.current?.body() ?? nothing}`;
  }

  private leave(): void {
    removeEventListener('hashchange', this.followAddress);
    this.finish();
  }
}
