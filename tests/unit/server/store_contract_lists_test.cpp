// SPDX-License-Identifier: Apache-2.0
// The store's contract: pages of lists, and what monitors ask.
#include <set>

#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

class StoreContractLists : public StoreContract {
 protected:
  ComputerId add(const RegisterUser& user, UnixSeconds when) {
    AddComputer command;
    command.user = user.user.id;
    command.computer.id = random_id<ComputerId>();
    command.computer.device_spki = to_bytes(command.computer.id.view());
    command.computer.name = "one more";
    command.audit = {"computer-added", api::Json::Object{}};
    EXPECT_TRUE(store->add_computer({when, {}, {}}, command).ok());
    return command.computer.id;
  }
};

TEST_P(StoreContractLists, PagesOfComputersAreCompleteAndInTheOrderOfTheirComing) {
  const RegisterUser anna = registered("anna");
  (void)registered("berta");
  std::vector<ComputerId> expected{anna.computer.id};
  for (int i = 1; i <= 3; ++i)
    expected.push_back(add(anna, kNow + i));
  std::set<std::string> twins;  // of one second: in whichever order, but each once
  for (int i = 0; i < 3; ++i)
    twins.insert(add(anna, kNow + 10).text());

  std::vector<std::string> seen;
  std::optional<ComputerPosition> after;
  for (int page = 0; page < 10; ++page) {
    const auto found = store->computers_page(anna.user.id, after, 2);
    ASSERT_TRUE(found.ok());
    for (const Computer& computer : found->computers)
      seen.push_back(computer.id.text());
    if (page == 0) expected.push_back(add(anna, kNow + 20));  // comes at the end, and shifts nothing
    if (!found->next) break;
    after = found->next;
  }
  ASSERT_EQ(seen.size(), 8u);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(seen[i], expected[i].text());
  EXPECT_EQ(std::set<std::string>(seen.begin() + 4, seen.begin() + 7), twins);
  EXPECT_EQ(seen[7], expected[4].text());
}

TEST_P(StoreContractLists, ARetiredComputerIsInNoPage) {
  const RegisterUser anna = registered("anna");
  RetireComputer command;
  command.user = anna.user.id;
  command.computer = add(anna, kNow + 1);
  command.audit = {"computer-retired", api::Json::Object{}};
  ASSERT_TRUE(store->retire_computer({kNow + 2, {}, {}}, command).ok());
  const auto found = store->computers_page(anna.user.id, {}, 9);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->computers.size(), 1u);
  EXPECT_EQ(found->computers[0].id, anna.computer.id);
}

TEST_P(StoreContractLists, TheEndOfTheAuditChainIsThatOfAllUsers) {
  EXPECT_EQ(store->audit_end()->events, 0u);
  EXPECT_EQ(store->audit_end()->time, 0);
  const RegisterUser anna = registered("anna");
  (void)registered("berta");
  (void)add(anna, kNow + 7);
  EXPECT_EQ(store->audit_end()->events, 3u);
  EXPECT_EQ(store->audit_end()->time, kNow + 7);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractLists, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
