// SPDX-License-Identifier: Apache-2.0
// The frame around every step of a page: heading, language, errors, focus. A step is one thing to read or to fill in.
import {html, nothing, render, type TemplateResult} from 'lit-html';

import {isFailure, type FailureCode} from '../base/failure';
import {isLanguage, kLanguages, Texts, type Language, type TextId} from '../i18n/texts';
import type {Why} from '../protocol/server';
import {failureText} from './failure_text';
import {rememberLanguage} from './memory';

declare const LICENCES_URL: string; // by build.mjs

export abstract class Step {
  busy = false;
  error = '';
  failed: FailureCode | null = null;
  movedTo = ''; // the server that has the account now
  // Of what the last action was; the same refusal means different things after a password and after an answer.
  abstract readonly title: TextId;
  abstract body(): TemplateResult;
  // Where else one can go from here; between the head of the page and the step.
  navigation(): TemplateResult | typeof nothing {
    return nothing;
  }
  readonly refusal: TextId = 'error.misbehaved';

  constructor(protected readonly app: App) {}

  // Runs what a button does: one at a time, and what goes wrong is said above the step.
  async run(action: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.error = '';
    this.failed = null;
    this.movedTo = '';
    this.app.draw();
    try {
      await action();
    } catch (error) {
      this.error = failureText(this.app.texts, error, this.refusal);
      if (isFailure(error)) this.failed = error.code;
      if (isFailure(error, 'session-expired')) this.app.expired = true;
      if (isFailure(error, 'moved-away')) this.movedTo = error.detail;
    }
    this.busy = false;
    this.app.draw();
    if (this.error !== '') this.app.focus('error');
  }
}

export class App {
  texts = Texts.english();
  // A warning that stays for the whole visit.
  warning: TextId | null = null;
  expired = false;
  private server = ''; // that the visit has moved to
  private why: Why = 'failed';
  private step: Step | null = null;

  constructor(
    private readonly root: HTMLElement,
    private pageTitle: TextId,
  ) {
    root.textContent = '';
  }

  async speak(language: Language): Promise<void> {
    this.texts = await Texts.load(language);
    document.documentElement.lang = this.texts.language;
    this.name(this.pageTitle);
    this.draw();
  }

  // What the window is called.
  name(title: TextId): void {
    this.pageTitle = title;
    document.title = title === 'page.home' ? 'Cardea' : `${this.texts.text(title)} – Cardea`;
  }

  // The first step leaves the focus where the browser has it.
  show(step: Step): void {
    const first = this.step === null;
    this.step = step;
    this.draw();
    window.scrollTo(0, 0);
    if (!first) this.focus('title');
  }

  moveTo(server: string, why: Why): void {
    this.server = server;
    this.why = why;
    this.draw();
  }

  shows(step: Step): boolean {
    return this.step === step;
  }

  focus(id: string): void {
    document.getElementById(id)?.focus();
  }

  draw(): void {
    if (this.step !== null) render(this.frame(this.step), this.root);
  }

  private frame(step: Step): TemplateResult {
    const t = this.texts;
    return html`
      <a class="skip" href="#main">${t.text('skip')}</a>
      ${this.header()} ${step.navigation()}
      <main id="main" class="content">
        <h1 id="title" tabindex="-1">${t.text(step.title)}</h1>
        ${this.warning === null ? nothing : html`<p class="warning" role="alert">${t.text(this.warning)}</p>`}
        ${this.server === '' ? nothing : html`<p class="small" role="status">${t.text(this.why === 'faster' ? 'faster' : 'moved', {server: this.server})}</p>`}
        ${step.error === '' ? nothing : this.errorBox(step)} ${step.body()}
      </main>
      ${this.footer()}
    `;
  }

  private errorBox(step: Step): TemplateResult {
    const again = html`<p><a href=${location.pathname}>${this.texts.text('again')}</a></p>`;
    // Nothing goes along but the page's name.
    const there = html`<p><a id="moved" href=${step.movedTo + location.pathname}>${step.movedTo}</a></p>`;
    return html`<section class="error" id="error" role="alert" tabindex="-1">
      <h2>${this.texts.text('error.title')}</h2>
      <p>${step.error}</p>
      ${step.movedTo === '' ? nothing : there} ${this.expired ? again : nothing}
    </section>`;
  }

  private header(): TemplateResult {
    const t = this.texts;
    const option = ([code, name]: [string, string]) => html`<button
      type="button"
      lang=${code}
      aria-pressed=${code === t.language ? 'true' : 'false'}
      @click=${() => this.choose(code)}
    >
      ${name}
    </button>`;
    return html`<header class="content">
      <a class="brand" href="/" translate="no"><span class="mark" aria-hidden="true"></span>Cardea</a>
      <div class="languages" role="group" aria-label=${t.text('language')}>
        ${Object.entries(kLanguages).map(option)}
      </div>
    </header>`;
  }

  private footer(): TemplateResult {
    const t = this.texts;
    return html`<footer class="content">
      <details>
        <summary>${t.text('footer.about')}</summary>
        <p>${t.text('footer.about.text')}</p>
        <p><a href=${LICENCES_URL}>${t.text('footer.licences')}</a></p>
      </details>
    </footer>`;
  }

  private choose(code: string): void {
    if (!isLanguage(code)) return;
    rememberLanguage(code);
    void this.speak(code);
  }
}
