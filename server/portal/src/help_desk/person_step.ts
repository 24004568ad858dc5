// SPDX-License-Identifier: Apache-2.0
// Help desk: one person who needs help. What is asked for, how the officer knows him, and why.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import {App, Step} from '../pages/app';
import {submitButton, valueOf, whenSent} from '../pages/form';
import {kRequestKinds, kVerifications, type FoundPerson, type PersonComputer, type RequestKind} from '../worker/officer_messages';
import {openDesk, type Desk} from './desk_step';
import {refusedFor} from './refusal';

// Those whose keys are sealed for this officer, each kind by name.
function ableFirst(a: PersonComputer, b: PersonComputer): number {
  return Number(b.canIssue) - Number(a.canIssue) || a.name.localeCompare(b.name);
}

export class PersonStep extends Step {
  readonly title: TextId = 'desk.person.title';
  override readonly refusal = 'desk.person.refused';

  constructor(
    app: App,
    private readonly desk: Desk,
    private readonly person: FoundPerson,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const choices = this.choices();
    const back = () => this.run(() => openDesk(this.app, this.desk));
    return html`<p class="lead">${t.parts('desk.person.lead', {account: html`<strong translate="no">${this.person.account}</strong>`})}</p>
      ${this.person.closed ? html`<p class="warning">${t.text('desk.person.closed')}</p>` : nothing}
      ${choices.length === 0
        ? html`<p>${t.text('desk.person.nothing')}</p>`
        : html`<form @submit=${whenSent(this, (form) => this.ask(form))}>
            <fieldset>
              <legend>${t.text('desk.what')}</legend>
              ${choices}
            </fieldset>
            <fieldset>
              <legend>${t.text('desk.verified')}</legend>
              ${kVerifications.map((word) => this.verification(word))}
            </fieldset>
            <label for="reason">${t.text('desk.reason')}</label>
            <textarea id="reason" name="reason" rows="3" minlength="3" maxlength="300" aria-describedby="reason-help" required></textarea>
            <small id="reason-help">${t.text('desk.reason.help')}</small>
            ${this.desk.officer.second ? html`<p>${t.text('desk.second')}</p>` : nothing}
            ${submitButton(this, t.text('desk.ask'))}
          </form>`}
      <button type="button" class="secondary" @click=${back}>${t.text('desk.back')}</button>`;
  }

  private choices(): TemplateResult[] {
    const t = this.app.texts;
    const cards = this.person.cards.filter(({state}) => state === 'active');
    return [
      ...[...this.person.computers].sort(ableFirst).map((computer) => this.computer(computer)),
      ...(this.person.closed ? [this.choice('open-account', '', t.text('desk.kind.open-account'), '')] : []),
      ...cards.map((card) =>
        this.choice('suspend-card', card.id, t.text('desk.kind.suspend-card'), card.label === '' ? t.text('cards.unnamed') : card.label),
      ),
    ];
  }

  private computer(computer: PersonComputer): TemplateResult {
    const t = this.app.texts;
    const seen = computer.lastSeen > 0 ? t.text('choose.seen', {time: t.time(computer.lastSeen)}) : t.text('choose.never');
    const note = computer.canIssue ? seen : t.text('desk.without');
    const title = t.text('desk.key.for', {computer: computer.name});
    return this.choice('access-key', computer.id, title, note, computer.canIssue);
  }

  private choice(kind: RequestKind, subject: string, title: string, note: string, able = true): TemplateResult {
    return html`<label class="choice">
      <input type="radio" name="what" value="${kind} ${subject}" required ?disabled=${!able} />
      <span><strong>${title}</strong>${note === '' ? nothing : html`<small translate="no">${note}</small>`}</span>
    </label>`;
  }

  private verification(word: (typeof kVerifications)[number]): TemplateResult {
    const demanded = this.desk.officer.verification.includes(word);
    const text = this.app.texts.text(`desk.verified.${word}`);
    const note = demanded ? html`<br /><small>${this.app.texts.text('desk.verified.demanded')}</small>` : nothing;
    return html`<label class="reason">
      <input type="checkbox" name="verified" value=${word} ?required=${demanded} /><span>${text}${note}</span>
    </label>`;
  }

  private async ask(form: HTMLFormElement): Promise<void> {
    const [kind, subject = ''] = valueOf(form, 'what').split(' ');
    const known = kRequestKinds.find((name) => name === kind);
    if (known === undefined) return;
    const given = new FormData(form).getAll('verified');
    const asked = this.desk.visit.ask('officerAsk', {
      user: this.person.user,
      kind: known,
      subject,
      verified: kVerifications.filter((word) => given.includes(word)),
      reason: valueOf(form, 'reason').replace(/\s+/g, ' ').trim(),
    });
    // Policy may have changed since the officer signed in.
    await openDesk(this.app, this.desk, await refusedFor(['state-forbidden'], asked));
  }
}
