// SPDX-License-Identifier: Apache-2.0
// Everything that goes wrong or means ill: the daemon, the program's conversation, the program itself. The
// tests named Cve… are the errors of other modules that must not be repeated.
#include "tests/integration/pam_module/hostile_parts.h"

namespace cardea::test {
namespace {

TEST(HostileDaemon, GarbageIsAServiceError) {
  for (const std::vector<std::uint8_t>& packet : {std::vector<std::uint8_t>{1},
                                                  {1, 0x83, 0, 0},
                                                  {2, 0x83, 0, 0, 1},
                                                  {1, 0xff, 0, 0},
                                                  {0, 0, 0, 0, 0, 0},
                                                  std::vector<std::uint8_t>(3000, 0xA5)}) {
    EXPECT_EQ(login_against(answers_with(packet)), PAM_SERVICE_ERR);
  }
}

TEST(HostileDaemon, MessagesOfTheOtherSideAndOfOtherConversationsAreRefused) {
  wire::Begin begin;
  begin.user = "ana";
  EXPECT_EQ(login_against(answers_with(packet_of(begin))), PAM_SERVICE_ERR);
  EXPECT_EQ(login_against(answers_with(packet_of(wire::Answer{1, AnswerKind::empty, {}}))), PAM_SERVICE_ERR);
  EXPECT_EQ(login_against(answers_with(packet_of(wire::OperationResult{0, "done", "{}"}))), PAM_SERVICE_ERR);
}

TEST(HostileDaemon, TruncatedAndPaddedVerdictsAreNoVerdicts) {
  wire::Verdict granted;
  granted.decision = Decision::granted;
  granted.user = "ana";
  const auto whole = packet_of(granted);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_NE(login_against(answers_with({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)})),
              PAM_SUCCESS);
  }
  auto padded = whole;
  padded.push_back(0);
  EXPECT_EQ(login_against(answers_with(padded)), PAM_SERVICE_ERR);
}

TEST(HostileDaemon, PacketOverTheLimitIsRefused) {
  EXPECT_EQ(login_against(answers_with(std::vector<std::uint8_t>(wire::kMaxPacketBytes + 1, 1))),
            PAM_SERVICE_ERR);
}

TEST(HostileDaemon, DescriptorsOnlyWhereTheyBelong) {
  wire::Verdict granted;
  granted.decision = Decision::granted;
  granted.user = "ana";
  const auto verdict = packet_of(granted);
  const auto ask = packet_of(ask_pin_or_key());
  EXPECT_EQ(login_against(answers_with(verdict, 1)), PAM_SERVICE_ERR);
  EXPECT_EQ(login_against(answers_with(ask, 0)), PAM_SERVICE_ERR);  // a secret would have nowhere to go
  EXPECT_EQ(login_against(answers_with(ask, 2)), PAM_SERVICE_ERR);
  EXPECT_EQ(login_against(answers_with(ask, 4)), PAM_SERVICE_ERR);
  EXPECT_EQ(login_against(answers_with(ask, 7)), PAM_SERVICE_ERR);
  wire::Ask plain = ask_pin_or_key();
  plain.route = wire::Route::daemon;
  EXPECT_EQ(login_against(answers_with(packet_of(plain), 1)), PAM_SERVICE_ERR);
}

TEST(HostileDaemon, PrivateChannelWithoutAWorkerIsAuthinfoUnavail) {
  EXPECT_EQ(login_against(
                [](Conversation& c) {
                  (void)c.begin();
                  Pipe pipe;
                  close(std::exchange(pipe.ends[1], -1));  // the worker died
                  c.send_raw(packet_of(ask_pin_or_key()), {pipe.ends[0]});
                  c.wait_for_end();
                },
                {Typed::answer("1234")}),
            PAM_AUTHINFO_UNAVAIL);
}

TEST(HostileDaemon, PrivateChannelThatIsAFileTakesNoSecret) {
  const TempDir directory;
  const std::string path = directory.file("file");
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  EXPECT_EQ(login_against(
                [&](Conversation& c) {
                  (void)c.begin();
                  c.send_raw(packet_of(ask_pin_or_key()), {file});
                  c.wait_for_end();
                },
                {Typed::answer("1234")}),
            PAM_AUTHINFO_UNAVAIL);
  struct stat status {};
  ASSERT_EQ(fstat(file, &status), 0);
  EXPECT_EQ(status.st_size, 0);
  close(file);
}

TEST(HostileDaemon, DeathAtEveryStepIsAuthinfoUnavail) {
  EXPECT_EQ(login_against([](Conversation&) {}), PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(login_against([](Conversation& c) { (void)c.begin(); }), PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(login_against([](Conversation& c) {
              (void)c.begin();
              c.say(wire::SayLevel::information, "Insert your card.");
            }),
            PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(login_against(
                [](Conversation& c) {
                  (void)c.begin();
                  (void)c.ask(ask_pin_or_key());
                },
                {Typed::answer("1234")}),
            PAM_AUTHINFO_UNAVAIL);
}

// A prompt is renewed for slow people, not for a daemon that dies again at once.
TEST(HostileDaemon, DyingDaemonIsNotChased) {
  const FakeDaemon::Script dies_while_asking = [](Conversation& c) {
    (void)c.begin();
    const Pipe pipe;
    c.send_raw(packet_of(ask_pin_or_key()), {pipe.ends[0]});
  };
  FakeDaemon daemon(Scripts{dies_while_asking, dies_while_asking});
  Typed late = Typed::answer("1234");
  late.meanwhile = [&] { daemon.wait_for_scripts(1); };
  PamLogin login(socket_option(daemon), "ana", {late});
  EXPECT_EQ(login.authenticate(), PAM_AUTHINFO_UNAVAIL);
  EXPECT_EQ(login.prompts().size(), 1u);
}

TEST(HostileDaemon, HangEndsAtTheDeadline) {
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(login_against(
                [](Conversation& c) {
                  (void)c.begin();
                  c.wait_for_end();  // says nothing until the module gives up
                },
                {}, "timeout=1"),
            PAM_AUTHINFO_UNAVAIL);
  const auto took = std::chrono::steady_clock::now() - started;
  EXPECT_GE(took, std::chrono::milliseconds(1000));
  EXPECT_LT(took, std::chrono::seconds(5));
}

// Small talk must not move the deadline: each message arrives in time, the verdict never does.
TEST(HostileDaemon, EndlessTalkEnds) {
  EXPECT_EQ(login_against([](Conversation& c) {
              (void)c.begin();
              try {
                while (true)
                  c.say(wire::SayLevel::information, "Please wait.");
              } catch (const ScriptError&) {  // the module has hung up, as it should
              }
            }),
            PAM_AUTHINFO_UNAVAIL);
}

// A full backlog: nobody accepts, so connect itself has to respect the deadline.
TEST(HostileDaemon, NobodyAcceptsEndsAtTheDeadline) {
  const TempDir directory;
  const std::string path = directory.file("full.sock");
  const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 0), 0);
  std::vector<int> fillers;
  while (true) {
    const int filler = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    fillers.push_back(filler);
    if (connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) break;
  }
  PamLogin login("socket=" + path + " timeout=1", "ana");
  EXPECT_EQ(login.authenticate(), PAM_AUTHINFO_UNAVAIL);
  for (const int filler : fillers)
    close(filler);
  close(listener);
}

TEST(HostileDaemon, DirectoryThatOthersMayWriteIsNotTrusted) {
  for (const mode_t mode : {mode_t{0720}, mode_t{0702}, mode_t{01777}}) {
    FakeDaemon daemon(Scripts{[](Conversation& c) {
      EXPECT_TRUE(c.receive().empty());  // not even the begin message
    }});
    ASSERT_EQ(chmod(daemon.directory().c_str(), mode), 0);
    (void)take_syslog();
    PamLogin login(socket_option(daemon), "ana");
    EXPECT_EQ(login.authenticate(), PAM_AUTHINFO_UNAVAIL);
    const auto lines = take_syslog();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("peer-not-trusted"), std::string::npos) << lines[0];
  }
}

TEST(HostileDaemon, DaemonOfAStrangerIsNotTrusted) {
  ASSERT_EQ(geteuid(), 0u) << "a stranger's daemon can only be played as root: run the tests as root";
  constexpr long kNobody = 65534;
  const TempDir directory;
  const std::string path = directory.file("stranger.sock");
  const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  // The kernel keeps the credentials of listen(); the plain system call changes this thread only.
  ASSERT_EQ(syscall(SYS_setresuid, -1, kNobody, -1), 0);
  ASSERT_EQ(listen(listener, 4), 0);
  ASSERT_EQ(syscall(SYS_setresuid, -1, 0, -1), 0);
  (void)take_syslog();
  PamLogin login("socket=" + path, "ana");
  EXPECT_EQ(login.authenticate(), PAM_AUTHINFO_UNAVAIL);
  EXPECT_NE(take_syslog().at(0).find("peer-not-trusted"), std::string::npos);
  close(listener);
}

TEST(HostileDaemon, ContradictingVerdictIsNoSuccess) {
  EXPECT_EQ(login_against([](Conversation& c) {
              (void)c.begin();
              c.verdict(Decision::granted, Error::pin_wrong, "ana");
              c.wait_for_end();
            }),
            PAM_SERVICE_ERR);
}

TEST(HostileDaemon, VerdictAboutSomebodyElseIsNoSuccess) {
  for (const Decision decision : {Decision::granted, Decision::gate_off, Decision::not_enrolled}) {
    EXPECT_EQ(login_against(
                  [=](Conversation& c) {
                    (void)c.begin();
                    c.verdict(decision, Error{}, "root");
                    c.wait_for_end();
                  },
                  {}, "ignore_unknown_user"),
              PAM_AUTH_ERR);
  }
}

TEST(HostileDaemon, RevealIsRefused) {
  EXPECT_EQ(login_against([](Conversation& c) {
              (void)c.begin();
              EXPECT_EQ(c.reveal("sheet-code", "Your sheet", "secret"), AnswerKind::refused);
              c.verdict(Decision::refused, Error::internal, "ana");
              c.wait_for_end();
            }),
            PAM_SERVICE_ERR);
}

// What reaches the daemon for an answer that no PIN and no key can be.
AnswerKind kind_for(const std::string& typed, std::uint16_t max_length = wire::kMaxAnswerBytes) {
  AnswerKind kind = AnswerKind::text;
  EXPECT_NE(login_against(
                [&](Conversation& c) {
                  (void)c.begin();
                  wire::Ask ask = ask_pin_or_key();
                  ask.max_length = max_length;
                  const Answered answered = c.ask(ask);
                  kind = answered.kind;
                  EXPECT_EQ(answered.text, "");
                  EXPECT_EQ(answered.secret, "");
                  c.verdict(Decision::refused, Error::pin_wrong, "ana");
                  c.wait_for_end();
                },
                {Typed::answer(typed)}),
            PAM_SUCCESS);
  return kind;
}

TEST(HostileConversation, OverlongAndBrokenAnswersGoNowhere) {
  EXPECT_EQ(kind_for(std::string(9, '1'), 8), AnswerKind::refused);
  EXPECT_EQ(kind_for(std::string(wire::kMaxAnswerBytes + 1, 'x')), AnswerKind::refused);
  EXPECT_EQ(kind_for(std::string(10'000'000, 'x')), AnswerKind::refused);
  EXPECT_EQ(kind_for("12\xff"), AnswerKind::refused);
  EXPECT_EQ(kind_for("\xED\xA0\x80"), AnswerKind::refused);
}

// CVE-2021-31924 (pam-u2f), CVE-2023-40660 (OpenSC), CVE-2011-4120 (pam_yubico): an empty PIN asked the token
// “is it open already?” and was let in.
TEST(Cve, EmptyPinNeverReachesTheCard) { EXPECT_EQ(kind_for(""), AnswerKind::empty); }
// The same with a program that answers nothing at all.
TEST(Cve, NullAnswerIsNotAnEmptyPin) {
  EXPECT_EQ(login_against(
                [](Conversation& c) {
                  (void)c.begin();
                  EXPECT_EQ(c.ask(ask_pin_or_key()).kind, AnswerKind::refused);
                  c.wait_for_end();
                },
                {Typed::null_answer()}),
            PAM_CONV_ERR);
}

// CVE-2024-9313 (authd): su and ssh changed PAM_USER while the dialogue ran.
TEST(Cve, UserChangedMeanwhileIsRefused) {
  for (const Decision decision : {Decision::granted, Decision::gate_off, Decision::not_enrolled}) {
    FakeDaemon daemon(Scripts{[=](Conversation& c) {
      (void)c.begin();
      (void)c.ask(ask_pin_or_key());
      c.verdict(decision, Error{}, "ana");
      c.wait_for_end();
    }});
    PamLogin* program = nullptr;
    Typed typed = Typed::answer("1234");
    typed.meanwhile = [&] { program->set(PAM_USER, "root"); };
    PamLogin login(socket_option(daemon) + " ignore_unknown_user", "ana", {typed});
    program = &login;
    EXPECT_EQ(login.authenticate(), PAM_AUTH_ERR);
  }
}

// … also when there was none at first and the card names another.
TEST(Cve, UserGivenMeanwhileIsNotOverwritten) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    (void)c.ask(ask_pin_or_key());
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  PamLogin* program = nullptr;
  Typed typed = Typed::answer("1234");
  typed.meanwhile = [&] { program->set(PAM_USER, "root"); };
  PamLogin login(socket_option(daemon) + " prompt_user", nullptr, {typed});
  program = &login;
  EXPECT_EQ(login.authenticate(), PAM_AUTH_ERR);
  EXPECT_EQ(login.item(PAM_USER), "root");
}

// X41-2018-003 (pam_pkcs11), CVE-2019-16058 (pam_p11): buffers of fixed size and names of any size.
TEST(Cve, LongNamesDoNotOverflow) {
  for (const std::size_t size : {200u, 257u, 5000u, 1'000'000u}) {
    const std::string name(size, 'u');
    Scripts scripts;
    if (size == 200) scripts.push_back(verdict_only(Decision::refused, Error::pin_wrong));
    FakeDaemon daemon(std::move(scripts));
    PamLogin login(socket_option(daemon), name.c_str());
    EXPECT_EQ(login.authenticate(), size == 200 ? PAM_AUTH_ERR : PAM_USER_UNKNOWN) << size;
  }
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    const wire::Begin begin = c.begin();
    EXPECT_EQ(begin.remote_host.size(), 256u);
    EXPECT_EQ(begin.tty.size(), 256u);
    c.verdict(Decision::refused, Error::pin_wrong, "ana");
  }});
  PamLogin login(socket_option(daemon), "ana");
  login.set(PAM_RHOST, std::string(100'000, 'h').c_str());
  login.set(PAM_TTY, std::string(100'000, 't').c_str());
  EXPECT_NE(login.authenticate(), PAM_SUCCESS);  // libpam's own audit message may fail on such names
}

// CVE-2025-23013 (pam-u2f), CVE-2025-24531 (pam_pkcs11): errors became PAM_IGNORE, and a later module that
// checks nothing made them a success.
TEST(Cve, NoFailureIsIgnoredInFrontOfAPermit) {
  const Scripts failures = {
      [](Conversation&) {},
      [](Conversation& c) { (void)c.begin(); },
      answers_with({1, 0xff, 0, 0}),
      verdict_only(Decision::refused, Error::out_of_memory),
      verdict_only(Decision::refused, Error::permission_denied),
      verdict_only(Decision::refused, Error::not_enrolled),
  };
  for (const FakeDaemon::Script& failure : failures) {
    FakeDaemon daemon(Scripts{failure});
    PamLogin login = PamLogin::with_service("auth required MODULE " + socket_option(daemon) +
                                                " ignore_unknown_user\nauth required pam_permit.so\n",
                                            "ana");
    EXPECT_NE(login.authenticate(), PAM_SUCCESS);
  }
}

// CVE-2020-24612 (pam-u2f under SELinux): “can't read” was taken for “not enrolled”.
TEST(Cve, UnreadableSocketIsNotNotEnrolled) {
  const TempDir directory;
  PamLogin login = PamLogin::with_service("auth required MODULE socket=" + directory.file("none/no.sock") +
                                              " ignore_unknown_user\nauth required pam_permit.so\n",
                                          "ana");
  EXPECT_EQ(login.authenticate(), PAM_AUTHINFO_UNAVAIL);
}

// How much 200 logins leave behind.
std::ptrdiff_t growth(PamLogin& login, const std::function<void(int)>& prepare) {
  const auto once = [&](int number) {
    prepare(number);
    login.forget_shown();
    (void)login.authenticate();
    (void)take_syslog();
  };
  for (int i = 0; i < 10; ++i)
    once(i);
  const auto before = static_cast<std::ptrdiff_t>(mallinfo2().uordblks);
  for (int i = 0; i < 200; ++i)
    once(i);
  return static_cast<std::ptrdiff_t>(mallinfo2().uordblks) - before;
}

// CVE-2018-9275 (pam_yubico), CVE-2019-12210 (pam-u2f): descriptors stayed open in the program. And memory;
// what libpam itself leaves is not ours, so pam_permit is the measure.
TEST(Cve, NothingIsLeftAfterTwoHundredLogins) {
  PamLogin permit = PamLogin::with_service("auth required pam_permit.so\n", "ana");
  const std::ptrdiff_t unavoidable = growth(permit, [](int) {});
  DaemonProcess daemon([](Conversation& c) {
    (void)c.begin();
    const Answered answered = c.ask(ask_pin_or_key());
    if (answered.kind == AnswerKind::refused) return;
    const bool right = answered.secret == "1234";
    c.verdict(right ? Decision::granted : Decision::refused, right ? Error{} : Error::pin_wrong, "ana");
    c.wait_for_end();
  });
  PamLogin login("quiet socket=" + daemon.socket_path(), "ana");
  const std::size_t descriptors = open_descriptors();
  EXPECT_LE(
      growth(login, [&](int number) { login.type({Typed::answer(number % 2 == 0 ? "1234" : "4321")}); }),
      unavoidable + 256);
  EXPECT_EQ(open_descriptors(), descriptors);
  EXPECT_EQ(login.authenticate(), PAM_CONV_ERR);  // the answers were all taken: the logins were real
}

// The client's end of a connection: its peer is the daemon's address. (The daemon of this test lives in the
// same process, and its own end may well get the low number.)
bool is_connection_to(int descriptor, const std::string& path) {
  sockaddr_un peer{};
  socklen_t size = sizeof peer;
  return getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && path == peer.sun_path;
}

// The module must not keep descriptors in the range of the standard streams, even when a daemon closed them.
TEST(HostileHost, StandardStreamsMayBeClosed) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    EXPECT_EQ(c.ask(ask_pin_or_key()).secret, "1234");
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  Typed typed = Typed::answer("1234");
  bool low_is_ours = true;
  typed.meanwhile = [&] { low_is_ours = is_connection_to(0, daemon.socket_path()); };
  PamLogin login(socket_option(daemon), "ana", {typed});
  const int kept = fcntl(0, F_DUPFD_CLOEXEC, 100);
  close(0);
  const int result = login.authenticate();
  dup2(kept, 0);
  close(kept);
  EXPECT_EQ(result, PAM_SUCCESS);
  EXPECT_FALSE(low_is_ours);
}

TEST(HostileHost, DescriptorsAreNotInherited) {
  FakeDaemon daemon(Scripts{[](Conversation& c) {
    (void)c.begin();
    (void)c.ask(ask_pin_or_key());
    c.verdict(Decision::granted, Error{}, "ana");
    c.wait_for_end();
  }});
  int connections = 0;
  int inherited = 0;
  Typed typed = Typed::answer("1234");
  typed.meanwhile = [&] {
    for (int descriptor = 3; descriptor < 200; ++descriptor) {
      if (!is_connection_to(descriptor, daemon.socket_path())) continue;
      ++connections;
      inherited += (fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0 ? 1 : 0;
    }
  };
  PamLogin login(socket_option(daemon), "ana", {typed});
  EXPECT_EQ(login.authenticate(), PAM_SUCCESS);
  EXPECT_EQ(connections, 1);
  EXPECT_EQ(inherited, 0);
}

}  // namespace
}  // namespace cardea::test
