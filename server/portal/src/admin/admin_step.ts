// SPDX-License-Identifier: Apache-2.0
// The administrator's page (docs/spec/administrator.md): one visit, four sections.
import type {Section} from '../account/section';
import {SectionsStep} from '../account/sections_step';
import {signWithKey} from '../help_desk/security_key';
import type {TextId} from '../i18n/texts';
import type {App} from '../pages/app';
import {DoneStep} from '../pages/enter_steps';
import type {Touched} from '../worker/admin_messages';
import type {Assertion, OfficerSelf} from '../worker/officer_messages';
import type {Visit} from '../worker/visit';
import type {AdminFrame} from './admin_frame';
import {AuditSection} from './audit_section';
import {FleetSection} from './fleet_section';
import {PoliciesSection} from './policies_section';
import {ServersSection} from './servers_section';

export async function openAdministration(app: App, visit: Visit, officer: OfficerSelf): Promise<void> {
  const step = new AdminStep(app, visit, officer);
  app.show(step);
  await step.choose();
}

class AdminStep extends SectionsStep<AdminFrame> implements AdminFrame {
  protected readonly pageTitle: TextId = 'admin.page';
  override readonly refusal = 'admin.refused';
  protected readonly sections: readonly Section<AdminFrame>[] = [
    new FleetSection(this),
    new PoliciesSection(this),
    new ServersSection(this),
    new AuditSection(this),
  ];

  constructor(
    app: App,
    readonly visit: Visit,
    readonly officer: OfficerSelf,
  ) {
    super(app);
  }

  async touch(what: Touched): Promise<Assertion> {
    const challenge = await this.visit.ask('adminTouch', what);
    this.progress(this.app.texts.text('admin.touch'));
    const assertion = await signWithKey(challenge);
    this.progress('');
    return assertion;
  }

  protected finish(): void {
    const leave = async () => {
      await this.visit.ask('officerLeave', null).catch(() => {});
      await this.visit.end();
      this.app.show(new DoneStep(this.app));
    };
    void leave();
  }
}
