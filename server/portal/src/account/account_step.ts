// SPDX-License-Identifier: Apache-2.0
// “My Cardea”: one visit, several sections. The section is in the address behind '#', so that the browser's way back works
// and a link leads to a section, while worker and session stay.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import {Step, type App} from '../pages/app';
import {AnswerStep, EnterStep, finish, isProved, type Person} from '../pages/enter_steps';
import {working} from '../pages/form';
import type {Frame, Section, SectionMaker} from './section';
import {kSections} from './sections';

export function accountPage(app: App): Step {
  const texts = {title: 'account.enter.title', lead: 'account.enter.lead', steps: 0, card: 'pair.offer'} as const;
  return new EnterStep(app, texts, async (person) => beginAccount(app, person));
}

export async function beginAccount(app: App, person: Person, makers: readonly SectionMaker[] = kSections): Promise<void> {
  const step = new AccountStep(app, person, makers);
  app.show(step);
  await step.choose();
}

class AccountStep extends Step implements Frame {
  private readonly sections: Section[];
  private current: Section | null = null;
  private said = '';
  private moved = false; // the address changed while something else was done
  private readonly followAddress = () => {
    if (!this.app.shows(this)) this.app.show(this); // instead of a question that was not answered
    void this.choose();
  };

  constructor(
    override readonly app: App,
    readonly person: Person,
    makers: readonly SectionMaker[],
  ) {
    super(app);
    this.sections = makers.map((make) => make(this));
    addEventListener('hashchange', this.followAddress);
  }

  get title(): TextId {
    return this.current?.title ?? 'account.page';
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
    await (section.needs === 'proved' ? this.runProved(open) : this.run(open));
    if (this.error === '') this.app.focus('title');
  }

  override async run(action: () => Promise<void>): Promise<void> {
    this.said = '';
    await super.run(action);
    if (!this.moved || this.busy) return;
    this.moved = false;
    await this.choose();
  }

  async runProved(action: () => Promise<void>): Promise<void> {
    if (isProved(this.person)) return this.run(action);
    const back = () => {
      const open = this.current ?? this.sections.find(({needs}) => needs === 'password');
      if (open !== undefined) history.replaceState(null, '', `#${open.id}`);
      this.app.show(this);
      void this.choose();
    };
    const go = async () => {
      this.app.show(this);
      await this.run(action);
    };
    this.app.show(new AnswerStep(this.app, this.person, 0, go, back));
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
    const again = ({id}: Section) => (location.hash === `#${id}` ? void this.choose(true) : undefined);
    const link = (section: Section) => html`<li>
      <a href="#${section.id}" aria-current=${section === this.current ? 'page' : nothing} @click=${() => again(section)}
        >${t.text(section.title)}</a
      >
    </li>`;
    return html`<nav class="sections content" aria-label=${t.text('account.page')}>
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
    void finish(this.app, this.person);
  }
}
