// SPDX-License-Identifier: Apache-2.0
// The servers, each asked from here. Read-only: the list of servers is signed with a key that no page has.
import {html, nothing, type TemplateResult} from 'lit-html';

import {Section} from '../account/section';
import {command} from '../pages/form';
import type {ServerShown, ServerState} from '../worker/admin_messages';
import type {AdminFrame} from './admin_frame';

export class ServersSection extends Section<AdminFrame> {
  readonly id = 'servers';
  readonly title = 'admin.servers.title';
  private servers: ServerShown[] = [];

  async open(): Promise<void> {
    this.servers = await this.frame.visit.ask('adminServers', null);
  }

  body(): TemplateResult {
    const t = this.frame.app.texts;
    const again = () => this.frame.run(() => this.open());
    return html`<p class="lead">${t.text('admin.servers.lead')}</p>
      ${this.servers.map((server) => this.server(server))}
      <button type="button" class="secondary" @click=${again}>${t.text('desk.again')}</button>
      <section class="aside">
        <h2>${t.text('admin.servers.change')}</h2>
        <p>${t.parts('admin.servers.change.text', {
          section: command('[servers]'),
          file: command('/etc/cardea/server.conf'),
          command: command('cardea-server --check'),
        })}</p>
        <p>${t.parts('admin.servers.keys', {command: command('cardea admin keys')})}</p>
      </section>`;
  }

  private server({authority, here, state}: ServerShown): TemplateResult {
    const t = this.frame.app.texts;
    const good = state !== null && state.ready;
    const how = state === null ? 'admin.server.silent' : state.ready ? 'admin.server.ready' : 'admin.server.not-ready';
    return html`<section class="thing" data-server=${authority}>
      <h2 translate="no">${authority}</h2>
      <p class="state ${good ? 'good' : 'bad'}">${t.text(how)}${here ? html` <small>${t.text('admin.server.here')}</small>` : nothing}</p>
      ${state === null ? nothing : this.facts(state)}
    </section>`;
  }

  private facts(state: ServerState): TemplateResult {
    const t = this.frame.app.texts;
    const {checkpoint, standbys, engine} = state;
    const copies =
      engine === 'sqlite'
        ? t.text('admin.server.sqlite')
        : standbys === null
          ? t.text('admin.gate.unknown')
          : t.text('admin.server.standbys', {count: t.number(standbys)});
    const events = {events: t.number(checkpoint.events), administration: t.number(checkpoint.administration)};
    return html`<dl class="facts">
        <dt>${t.text('admin.fact.program')}</dt>
        <dd translate="no">${state.program}</dd>
        ${state.region === '' ? nothing : html`<dt>${t.text('admin.server.region')}</dt><dd translate="no">${state.region}</dd>`}
        <dt>${t.text('admin.server.answer')}</dt>
        <dd>${t.text('admin.server.millis', {millis: t.number(state.millis)})}</dd>
        <dt>${t.text('admin.server.database')}</dt>
        <dd>${copies}</dd>
        <dt>${t.text('admin.server.checkpoint')}</dt>
        <dd>${t.time(checkpoint.time)} – ${t.text('admin.server.events', events)}</dd>
      </dl>
      ${checkpoint.sameKey ? nothing : html`<p class="state bad">${t.text('admin.server.other-key')}</p>`}`;
  }
}
