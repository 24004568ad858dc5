// SPDX-License-Identifier: Apache-2.0
// The question before something is done to a computer or a card: what it comes to, in plain words, what has to be chosen or
// typed, and the way back. Opened inside the section by the button that asks for it.
import {html, nothing, type TemplateResult} from 'lit-html';

import {submitButton} from '../pages/form';
import {Section, type AccountFrame, type Frame} from './section';

export interface Ask {
  subject: string; // the id of what it is about
  what: string; // which of its buttons was pressed
}

// A section that asks before it does something; at most one question is open.
export abstract class AskingSection<F extends Frame = AccountFrame> extends Section<F> {
  protected ask: Ask | null = null;

  protected readonly show = (ask: Ask): void => {
    this.ask = ask;
    this.frame.app.draw();
    this.frame.app.focus('ask');
  };

  protected readonly close = (): void => {
    const ask = this.ask;
    this.ask = null;
    this.frame.app.draw();
    if (ask !== null) this.frame.app.focus(askId(ask));
  };
}

export interface AskTexts {
  title: string;
  consequences: string[];
  submit: string;
  cancel: string;
}

// The buttons' ids: where the focus returns to.
export const askId = ({subject, what}: Ask): string => `ask-${what}-${subject.slice(0, 16)}`;

export function askButton(ask: Ask, text: string, open: (ask: Ask) => void, danger = false): TemplateResult {
  return html`<button
    type="button"
    id=${askId(ask)}
    class=${danger ? 'secondary danger' : 'secondary'}
    @click=${() => open(ask)}
  >
    ${text}
  </button>`;
}

export function askPanel(
  frame: Frame,
  texts: AskTexts,
  fields: TemplateResult | typeof nothing,
  done: (form: HTMLFormElement) => Promise<void>,
  cancel: () => void,
): TemplateResult {
  const sent = (event: SubmitEvent) => {
    event.preventDefault();
    void done(event.currentTarget as HTMLFormElement);
  };
  return html`<form class="ask" aria-labelledby="ask" @submit=${sent}>
    <h3 id="ask" tabindex="-1">${texts.title}</h3>
    <ul>
      ${texts.consequences.map((text) => html`<li>${text}</li>`)}
    </ul>
    ${fields}
    <div class="actions">
      ${submitButton(frame, texts.submit)}
      <button type="button" class="secondary" @click=${cancel}>${texts.cancel}</button>
    </div>
  </form>`;
}

