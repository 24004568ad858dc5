// SPDX-License-Identifier: Apache-2.0
// The first page: its doors, and what one needs for them.
import {html, type TemplateResult} from 'lit-html';

import {Step} from './app';

export class HomeStep extends Step {
  readonly title = 'home.title';

  body(): TemplateResult {
    const t = this.app.texts;
    return html`<p class="lead">${t.text('home.lead')}</p>
      <nav class="doors">
        <a class="door" href="/access-key">
          <strong>${t.text('home.key.title')}</strong>
          <span>${t.text('home.key.text')}</span>
        </a>
        <a class="door" href="/lost-card">
          <strong>${t.text('home.card.title')}</strong>
          <span>${t.text('home.card.text')}</span>
        </a>
        <a class="door wide" href="/account">
          <strong>${t.text('home.account.title')}</strong>
          <span>${t.text('home.account.text')}</span>
        </a>
        <a class="door wide" href="/register">
          <strong>${t.text('home.register.title')}</strong>
          <span>${t.text('home.register.text')}</span>
        </a>
      </nav>
      <h2>${t.text('home.need')}</h2>
      <p>${t.text('home.need.text')}</p>`;
  }
}
