// SPDX-License-Identifier: Apache-2.0
// Administrator: signing in with the security key, as officers of the help desk do; what is behind it is another thing.
import {html, type TemplateResult} from 'lit-html';

import {Failure, type FailureCode} from '../base/failure';
import {refusedFor} from '../help_desk/refusal';
import {signWithKey} from '../help_desk/security_key';
import type {TextId} from '../i18n/texts';
import {Step, type App} from '../pages/app';
import {command, submitButton, whenSent, working} from '../pages/form';
import {Visit} from '../worker/visit';
import {openAdministration} from './admin_step';

const kNotHis: readonly FailureCode[] = ['permission-denied', 'replayed'];

export function administratorPage(app: App): Step {
  return new SignInStep(app);
}

class SignInStep extends Step {
  readonly title: TextId = 'admin.page';
  override readonly refusal = 'admin.enter.refused';
  private visit: Visit | null = null;

  body(): TemplateResult {
    const t = this.app.texts;
    const add = {command: command('cardea officer add-key')};
    const server = {command: command('cardea admin')};
    return html`<p class="lead">${t.text('admin.enter.lead')}</p>
      <form @submit=${whenSent(this, () => this.enter())}>
        ${submitButton(this, t.text('desk.enter.submit'))} ${working(this, t.text('desk.enter.working'))}
      </form>
      <section class="aside">
        <h2>${t.text('desk.enter.first')}</h2>
        <p>${t.parts('desk.enter.first.text', add)}</p>
        <p>${t.parts('admin.enter.server', server)}</p>
      </section>
      <p><a href="/">${t.text('back')}</a></p>`;
  }

  private async enter(): Promise<void> {
    this.visit ??= new Visit((server, why) => this.app.moveTo(server, why));
    const challenge = await this.visit.ask('officerChallenge', null);
    const assertion = await signWithKey(challenge);
    const officer = await refusedFor(kNotHis, this.visit.ask('officerSignIn', assertion));
    if (officer.role !== 'administrator') {
      await this.visit.ask('officerLeave', null);
      throw new Failure('invalid-argument', 'an officer of the help desk');
    }
    await openAdministration(this.app, this.visit, officer);
  }
}
