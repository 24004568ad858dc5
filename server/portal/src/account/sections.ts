// SPDX-License-Identifier: Apache-2.0
// The sections of “My Cardea”, in the order in which they stand.
import {CardsSection} from './cards_section';
import {ComputersSection} from './computers_section';
import {HistorySection} from './history_section';
import {RecordsSection} from './records_section';
import type {SectionMaker} from './section';

export const kSections: readonly SectionMaker[] = [
  (frame) => new ComputersSection(frame),
  (frame) => new CardsSection(frame),
  (frame) => new RecordsSection(frame),
  (frame) => new HistorySection(frame),
];
