// SPDX-License-Identifier: Apache-2.0
// “My Cardea”: what an owner sees and changes after his password, his answer or his card.
import {type App, type Step} from '../pages/app';
import {AnswerStep, EnterStep, finish, isProved, type Person} from '../pages/enter_steps';
import type {AccountFrame, Section, SectionMaker} from './section';
import {kSections} from './sections';
import {SectionsStep} from './sections_step';

export function accountPage(app: App): Step {
  const texts = {title: 'account.enter.title', lead: 'account.enter.lead', steps: 0, card: 'pair.offer'} as const;
  return new EnterStep(app, texts, async (person) => beginAccount(app, person));
}

export async function beginAccount(app: App, person: Person, makers: readonly SectionMaker[] = kSections): Promise<void> {
  const step = new AccountStep(app, person, makers);
  app.show(step);
  await step.choose();
}

class AccountStep extends SectionsStep<AccountFrame> implements AccountFrame {
  protected readonly pageTitle = 'account.page';
  protected readonly sections: readonly Section[];

  constructor(
    app: App,
    readonly person: Person,
    makers: readonly SectionMaker[],
  ) {
    super(app);
    this.sections = makers.map((make) => make(this));
  }

  protected override enter(section: Section, open: () => Promise<void>): Promise<void> {
    return section.needs === 'proved' ? this.runProved(open) : this.run(open);
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

  protected finish(): void {
    void finish(this.app, this.person);
  }
}
