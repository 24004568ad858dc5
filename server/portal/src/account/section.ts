// SPDX-License-Identifier: Apache-2.0
// What a section of a page with several is, and what the frame around it does for it. To add one to “My Cardea”: derive it
// from Section, put it into sections.ts, give its title a text.
import type {TemplateResult} from 'lit-html';

import type {TextId} from '../i18n/texts';
import type {App} from '../pages/app';
import type {Person} from '../pages/enter_steps';

export interface Frame {
  readonly app: App;
  readonly busy: boolean;
  // Runs what a button does: one at a time; what goes wrong is said above the section.
  run(action: () => Promise<void>): Promise<void>;
  // What an action came to, above the section until the next one.
  say(text: string): void;
  // How far something is that takes long.
  progress(text: string): void;
  // That what was chosen or typed will not do.
  refuse(why: TextId): void;
}

// Of “My Cardea”.
export interface AccountFrame extends Frame {
  readonly person: Person;
  // As run, for what the password alone does not permit: without an answer or a card so far, the person's question comes
  // first, and then the section again.
  runProved(action: () => Promise<void>): Promise<void>;
}

export abstract class Section<F extends Frame = AccountFrame> {
  abstract readonly id: string; // in the address: /account#computers
  abstract readonly title: TextId;
  // `proved`: can't even be looked at with the password alone.
  readonly needs: 'password' | 'proved' = 'password';

  constructor(protected readonly frame: F) {}

  // Fetches what is shown, anew each time the section is chosen.
  abstract open(): Promise<void>;
  abstract body(): TemplateResult;
}

export type SectionMaker = (frame: AccountFrame) => Section;
