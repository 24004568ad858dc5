// SPDX-License-Identifier: Apache-2.0
// Help desk: an officer signs in with his security key, or adds one with the code that his card has got.
import {html, type TemplateResult} from 'lit-html';

import {Failure, type FailureCode} from '../base/failure';
import type {TextId} from '../i18n/texts';
import {App, Step} from '../pages/app';
import {command, submitButton, valueOf, whenSent, working} from '../pages/form';
import type {Role} from '../worker/officer_messages';
import {Visit} from '../worker/visit';
import {openDesk} from './desk_step';
import {refusedFor} from './refusal';
import {makeKey, signWithKey} from './security_key';

const kNotAnOfficer: readonly FailureCode[] = ['permission-denied', 'replayed'];
const kBadCode: readonly FailureCode[] = ['replayed', 'session-expired', 'permission-denied'];

export function helpDeskPage(app: App): Step {
  // Whoever has the page open and enters the address with a code stays on the same page.
  addEventListener('hashchange', () => {
    const code = takeCode();
    if (code !== '') app.show(new AddKeyStep(app, code));
  });
  const code = takeCode();
  return code === '' ? new SignInStep(app) : new AddKeyStep(app, code);
}

// A code in the address is good once: it has no place in the browser's history.
function takeCode(): string {
  const code = location.hash.slice(1);
  if (code !== '') history.replaceState(null, '', location.pathname + location.search);
  return code;
}

class SignInStep extends Step {
  readonly title: TextId = 'desk.enter.title';
  override readonly refusal = 'desk.key.refused';
  private visit: Visit | null = null;

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('desk.enter.lead')}</p>
      <form @submit=${whenSent(this, () => this.enter())}>
        ${submitButton(this, t.text('desk.enter.submit'))} ${working(this, t.text('desk.enter.working'))}
      </form>
      <section class="aside">
        <h2>${t.text('desk.enter.first')}</h2>
        <p>${t.parts('desk.enter.first.text', {command: command('cardea officer add-key')})}</p>
      </section>
      <p><a href="/">${t.text('back')}</a></p>`;
  }

  private async enter(): Promise<void> {
    this.visit ??= new Visit((server, why) => this.app.moveTo(server, why));
    const challenge = await this.visit.ask('officerChallenge', null);
    const assertion = await signWithKey(challenge);
    const officer = await refusedFor(kNotAnOfficer, this.visit.ask('officerSignIn', assertion));
    if (officer.role !== 'officer') {
      await this.visit.ask('officerLeave', null);
      throw new Failure('invalid-argument', 'an administrator');
    }
    await openDesk(this.app, {visit: this.visit, officer});
  }
}

class AddKeyStep extends Step {
  readonly title: TextId = 'desk.add.title';
  override readonly refusal = 'desk.add.refused';
  private readonly visit = new Visit((server, why) => this.app.moveTo(server, why));

  constructor(
    app: App,
    private readonly code: string,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('desk.add.lead')}</p>
      <form @submit=${whenSent(this, (form) => this.add(form))}>
        <label for="label">${t.text('desk.add.label')}</label>
        <input
          id="label"
          name="label"
          type="text"
          autocomplete="off"
          maxlength="32"
          aria-describedby="label-help"
          required
        />
        <small id="label-help">${t.text('desk.add.label.help')}</small>
        ${submitButton(this, t.text('desk.add.submit'))} ${working(this, t.text('desk.enter.working'))}
      </form>`;
  }

  private async add(form: HTMLFormElement): Promise<void> {
    const label = valueOf(form, 'label').trim();
    const challenge = await this.visit.ask('officerKeyChallenge', {code: this.code});
    const key = await makeKey(challenge, label);
    const added = this.visit.ask('officerAddKey', {code: this.code, label, key});
    const {name, role} = await refusedFor(kBadCode, added);
    this.app.show(new KeyAddedStep(this.app, name, role));
  }
}

class KeyAddedStep extends Step {
  readonly title: TextId = 'desk.added.title';

  constructor(
    app: App,
    private readonly name: string,
    private readonly role: Role,
  ) {
    super(app);
  }

  body(): TemplateResult {
    const t = this.app.texts;
    const administrator = this.role === 'administrator';
    const next = () => (administrator ? location.assign('/administrator') : this.app.show(new SignInStep(this.app)));
    return html`<p class="lead">${t.parts('desk.added.text', {name: html`<strong translate="no">${this.name}</strong>`})}</p>
      <button type="button" @click=${next}>${t.text('continue')}</button>`;
  }
}
