// SPDX-License-Identifier: Apache-2.0
// Help desk: whom to help, and the open requests of all officers.
import {html, nothing, type TemplateResult} from 'lit-html';

import type {FailureCode} from '../base/failure';
import type {TextId} from '../i18n/texts';
import {App, Step} from '../pages/app';
import {DoneStep} from '../pages/enter_steps';
import {command, submitButton, valueOf, whenSent} from '../pages/form';
import type {OfficerRequest, OfficerSelf, RequestStep} from '../worker/officer_messages';
import type {Visit} from '../worker/visit';
import {PersonStep} from './person_step';
import {refusedFor} from './refusal';

// Somebody else has decided in the meantime, or the hour is over.
const kOvertaken: readonly FailureCode[] = ['state-forbidden', 'not-found', 'permission-denied'];

// One officer's way through the page.
export interface Desk {
  visit: Visit;
  officer: OfficerSelf;
}

// With what has just become of a request, said above the list.
export async function openDesk(app: App, desk: Desk, said: OfficerRequest | null = null): Promise<void> {
  const requests = await desk.visit.ask('officerRequests', null);
  app.show(new DeskStep(app, desk, requests, said));
}

class DeskStep extends Step {
  readonly title: TextId = 'desk.title';
  override refusal: TextId = 'desk.find.unknown';

  constructor(
    app: App,
    private readonly desk: Desk,
    private readonly requests: OfficerRequest[],
    private readonly said: OfficerRequest | null,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const again = () => this.run(() => openDesk(this.app, this.desk));
    return html`<p class="lead">${t.parts('desk.lead', {name: html`<strong translate="no">${this.desk.officer.name}</strong>`})}</p>
      ${this.said === null ? nothing : html`<p role="status">${t.text(`desk.said.${this.said.state}`, {account: this.said.account})}</p>`}
      <form @submit=${whenSent(this, (form) => this.find(form))}>
        <label for="account">${t.text('desk.find.label')}</label>
        <input
          id="account"
          name="account"
          type="text"
          autocomplete="off"
          autocapitalize="off"
          autocorrect="off"
          spellcheck="false"
          maxlength="64"
          aria-describedby="account-help"
          required
        />
        <small id="account-help">${t.text('desk.find.help')}</small>
        ${submitButton(this, t.text('desk.find.submit'))}
      </form>
      <h2>${t.text('desk.requests')}</h2>
      ${this.requests.length === 0 ? html`<p>${t.text('desk.requests.none')}</p>` : nothing}
      ${this.requests.map((request) => this.request(request))}
      <div class="actions">
        <button type="button" class="secondary" @click=${again}>${t.text('desk.again')}</button>
        <button type="button" class="secondary" @click=${() => this.leave()}>${t.text('desk.leave')}</button>
      </div>`;
  }

  private request(request: OfficerRequest): TemplateResult {
    const t = this.app.texts;
    const own = request.officer === this.desk.officer.name;
    const verified = request.verified.map((word) => t.text(`desk.verified.${word}`)).join(', ');
    return html`<section class="aside" data-request=${request.id}>
      <h3>${t.text(`desk.kind.${request.kind}`)}: <span translate="no">${request.account}</span></h3>
      ${request.computer === '' ? nothing : html`<p><strong translate="no">${request.computer}</strong></p>`}
      <p>${t.text('desk.request.by', {officer: request.officer, time: t.time(request.expiresAt)})}</p>
      <p>${t.text('desk.request.reason', {reason: request.reason})}</p>
      ${verified === '' ? nothing : html`<p>${t.text('desk.request.verified', {verified})}</p>`}
      <p><strong>${t.text(`desk.state.${request.state}`)}</strong></p>
      ${own ? this.ownNext(request) : this.otherNext(request)}
    </section>`;
  }

  private otherNext(request: OfficerRequest): TemplateResult | typeof nothing {
    if (request.state !== 'waiting') return nothing;
    return html`<div class="actions">
      ${this.button(request, 'approve', 'desk.approve')} ${this.button(request, 'decline', 'desk.decline', true)}
    </div>`;
  }

  private ownNext(request: OfficerRequest): TemplateResult {
    const t = this.app.texts;
    const issue = command(`cardea officer issue --request ${request.id}`);
    const approved = request.state === 'approved';
    return html`${approved && request.kind === 'access-key' ? html`<p>${t.parts('desk.issue', {command: issue})}</p>` : nothing}
      <div class="actions">
        ${approved && request.kind !== 'access-key' ? this.button(request, 'carry-out', 'desk.carry-out') : nothing}
        ${this.button(request, 'decline', 'desk.take-back', true)}
      </div>`;
  }

  private button(request: OfficerRequest, step: RequestStep, text: TextId, second = false): TemplateResult {
    const press = () =>
      this.run(async () => {
        this.refusal = 'desk.changed';
        const after = await refusedFor(kOvertaken, this.desk.visit.ask('officerStep', {id: request.id, step}));
        await openDesk(this.app, this.desk, after);
      });
    return html`<button type="button" class=${second ? 'secondary' : ''} ?disabled=${this.busy} @click=${press}>
      ${this.app.texts.text(text)}
    </button>`;
  }

  private async find(form: HTMLFormElement): Promise<void> {
    this.refusal = 'desk.find.unknown';
    const account = valueOf(form, 'account').trim();
    const person = await refusedFor(['not-found'], this.desk.visit.ask('officerFind', {account}));
    this.app.show(new PersonStep(this.app, this.desk, person));
  }

  private async leave(): Promise<void> {
    await this.desk.visit.ask('officerLeave', null).catch(() => {});
    await this.desk.visit.end();
    this.app.show(new DoneStep(this.app));
  }
}
