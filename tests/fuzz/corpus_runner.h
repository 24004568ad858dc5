// SPDX-License-Identifier: Apache-2.0
// What a fuzz target may say when corpus_runner has fed it its whole corpus: false fails the test, for
// instance because the corpus never came to a part of what the target is for. Defined by targets that can
// tell.
#pragma once

bool corpus_was_complete() __attribute__((weak));
