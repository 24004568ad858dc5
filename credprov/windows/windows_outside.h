// SPDX-License-Identifier: Apache-2.0
// Connections, threads and time of Windows for the portable part.
#pragma once

#include "credprov/model/outside.h"
#include "credprov/windows/seams.h"

namespace cardea::credprov {

class WindowsOutside final : public Outside {
 public:
  explicit WindowsOutside(Seams& seams) noexcept : seams_(seams) {}
  std::unique_ptr<CancellableTransport> transport() noexcept override;
  // The DLL stays loaded until the thread has ended, whatever LogonUI does.
  bool run(std::function<void()> task) noexcept override;
  [[nodiscard]] const Clock& clock() const noexcept override { return seams_.clock(); }

 private:
  Seams& seams_;
};

// “de_AT.UTF-8”: the language that LogonUI speaks.
std::string ui_locale();
// The computer's NetBIOS name, in UTF-8.
std::string computer_name();

}  // namespace cardea::credprov
