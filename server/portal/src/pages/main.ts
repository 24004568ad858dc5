// SPDX-License-Identifier: Apache-2.0
// Where the browser begins: which page, in which language.
import {accountPage} from '../account/account_step';
import {administratorPage} from '../admin/sign_in_step';
import {helpDeskPage} from '../help_desk/sign_in_steps';
import {pickLanguage, Texts, type TextId} from '../i18n/texts';
import {registerPage} from '../register/account_steps';
import {App, type Step} from './app';
import {lostCardPage} from './card_steps';
import {HomeStep} from './home_step';
import {accessKeyPage} from './key_steps';
import {rememberedLanguage} from './memory';

interface Page {
  title: TextId;
  first: (app: App) => Step;
}

const kHome: Page = {title: 'page.home', first: (app) => new HomeStep(app)};
const kPages: Record<string, Page> = {
  '/account': {title: 'account.page', first: accountPage},
  '/access-key': {title: 'key.page', first: accessKeyPage},
  '/lost-card': {title: 'card.page', first: lostCardPage},
  '/register': {title: 'register.page', first: registerPage},
  '/administrator': {title: 'admin.page', first: administratorPage},
  '/help-desk': {title: 'desk.page', first: helpDeskPage},
};

const kLanguageInAddress = new URLSearchParams(location.search).get('lang') ?? '';
const language = pickLanguage([kLanguageInAddress, rememberedLanguage() ?? '', ...navigator.languages]);

const root = document.getElementById('app');
if (root !== null) {
  const page = kPages[location.pathname] ?? kHome;
  const app = new App(root, page.title);
  void app
    .speak(language)
    .then(() => app.show(page.first(app)))
    .then(() => Texts.loadAll());
}
