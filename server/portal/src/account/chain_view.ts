// SPDX-License-Identifier: Apache-2.0
// What every view of an audit chain has: what does not fit, said above it, and the file.
import {html, type TemplateResult} from 'lit-html';

import type {TextId, Texts} from '../i18n/texts';
import type {Finding} from '../protocol/history';

export function findingsBox(t: Texts, findings: readonly Finding[], id = 'verdict'): TemplateResult {
  return html`<section class="error" id=${id} role="alert">
    <h2>${t.text('history.broken')}</h2>
    <ul>
      ${findings.map(({what, first, last}) => {
        const text: TextId = what === 'missing' && last > first ? 'history.finding.missing.some' : `history.finding.${what}`;
        return html`<li>${t.text(text, {first, last})}</li>`;
      })}
    </ul>
    <p>${t.text('history.broken.next')}</p>
  </section>`;
}

// One JSON text a line, the oldest first: whoever wants to can follow the chain with a program of his own.
export function download(name: string, lines: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], {type: 'application/jsonl'}));
  const link = document.createElement('a');
  [link.href, link.download] = [url, name];
  link.click();
  URL.revokeObjectURL(url);
}
