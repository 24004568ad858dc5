#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""packaging/pam-configs/cardea as pam-auth-update makes it into common-auth, common-account and common-password: for every answer that
pam_cardea.so can give, who gets in with his Unix password and who does not. pam_debug.so, which answers what its options
say, stands in for pam_cardea.so; the last chapter leaves the real name there, with no such file on the machine."""
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "stories"))
from harness import private_etc  # noqa: E402
from harness.process import Broken, run  # noqa: E402
from harness.story import story  # noqa: E402
from harness.world import SOURCE  # noqa: E402

PROFILE = os.path.join(SOURCE, "packaging", "pam-configs", "cardea")
TYPES = ("auth", "account", "password", "session", "session-noninteractive")
# What pam_debug can answer. Programs never see conv_again and incomplete.
ANSWERS = """success open_err symbol_err service_err system_err buf_err perm_denied auth_err cred_insufficient authinfo_unavail
user_unknown maxtries new_authtok_reqd acct_expired session_err cred_unavail cred_expired cred_err no_module_data conv_err
authtok_err authtok_recover_err authtok_lock_busy authtok_disable_aging try_again ignore abort authtok_expired module_unknown
bad_item""".split()
NOT_OURS = {"user_unknown", "ignore"}  # not enrolled; gate off: as if Cardea were not there
UNAVAILABLE = {"authinfo_unavail", "service_err", "system_err", "buf_err", "open_err", "symbol_err", "module_unknown", "abort"}
STOCK_PROFILES = {
    "unix": "Name: Unix authentication\nDefault: yes\nPriority: 256\nAuth-Type: Primary\nAuth:\n\t[success=end default=ignore]\tpam_unix.so nullok nodelay "
            "try_first_pass\nAuth-Initial:\n\t[success=end default=ignore]\tpam_unix.so nullok nodelay\nAccount-Type: Primary\nAccount:\n\t[success=end "
            "new_authtok_reqd=done default=ignore]\tpam_unix.so\nAccount-Initial:\n\t[success=end new_authtok_reqd=done default=ignore]\tpam_unix.so\n"
            "Session-Type: Additional\nSession:\n\trequired\tpam_unix.so\nPassword-Type: Primary\nPassword:\n\t[success=end user_unknown=ignore "
            "default=die]\tpam_unix.so obscure use_authtok try_first_pass yescrypt\nPassword-Initial:\n\t[success=end default=ignore]\tpam_unix.so "
            "obscure yescrypt\n",
    # One of a kind that must neither be jumped into nor over: a second way in before pam_unix, and something behind it.
    "finger": "Name: a second way in\nDefault: yes\nPriority: 260\nAuth-Type: Primary\nAuth:\n\t[success=end default=ignore]\tpam_debug.so "
              "auth=auth_err cred=success\n",
    "behind": "Name: something additional\nDefault: yes\nPriority: 10\nAuth-Type: Additional\nAuth:\n\trequired\tpam_permit.so\nAccount-Type: "
              "Additional\nAccount:\n\trequired\tpam_permit.so\n",
}


def prepare(world):
    """A /etc/pam.d, accounts and all that pam-auth-update reads and writes, laid over the machine's in this mount namespace."""
    etc = os.path.join(world.directory, "etc")
    os.mkdir(etc)

    def lay(name, place):
        run(["mount", "--bind", os.path.join(etc, name), place])
        world.at_end(lambda: run(["umount", place]))
    private_etc.make_accounts(etc, world.passwords)
    places = {"/etc/pam.d": "pam.d", "/usr/share/pam-configs": "configs", "/var/lib/pam": "saved"}
    for place, name in places.items():
        os.mkdir(os.path.join(etc, name))
        lay(name, place)
    shutil.copytree("/var/cache/debconf", os.path.join(etc, "debconf"))
    lay("debconf", "/var/cache/debconf")
    for name in ("passwd", "shadow", "group"):
        lay(name, f"/etc/{name}")
    for name, text in STOCK_PROFILES.items():
        private_etc.write(f"/usr/share/pam-configs/{name}", text)
    update("--force")
    private_etc.write("/etc/pam.d/other", private_etc.REFUSE)


def update(*options):
    return run(["pam-auth-update", "--package", *options], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NONINTERACTIVE_SEEN": "true"})


def stacks():
    found = {}
    for kind in TYPES:
        with open(f"/etc/pam.d/common-{kind}", encoding="utf-8") as file:
            found[kind] = file.read()
    return found


def write_service(name, answer=None):
    """A service that includes the generated stacks; with `answer`, pam_cardea.so answers that at every door."""
    text = "".join(stacks()[kind] for kind in ("auth", "account", "session"))
    if answer is not None:
        text = re.sub(r"pam_cardea\.so.*", f"pam_debug.so auth={answer} cred={answer} acct={answer} open_session={answer}", text)
    private_etc.write(f"/etc/pam.d/{name}", text)


def gets(user, *operations, service="cardea-test", password="wrong"):
    done = run(["pamtester", service, user, *operations], stdin=f"{password}\n", check=False,
               env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"})
    return done.returncode == 0


def complain_unless(wrong):
    if wrong:
        raise Broken("against the rules:\n" + "\n".join(wrong))


def check_doors(world, answers, name):
    """Authentication and credentials, as login, su and sudo do them."""
    wrong = []
    for answer in answers:
        write_service("cardea-test", answer)
        for user, member in (("owner", False), ("admin", True)):
            by_password = answer in NOT_OURS or (member and answer in UNAVAILABLE)
            for password, right in ((world.passwords[user], True), ("wrong", False)):
                expected = answer == "success" or (by_password and right)
                if gets(user, "authenticate", "setcred", password=password) != expected:
                    wrong.append(f"{name}: {answer}, {user}, {'right' if right else 'wrong'} password: not {'in' if expected else 'out'}")
    complain_unless(wrong)


def check_accounts(answers):
    wrong = []
    for answer in answers:
        write_service("cardea-test", answer)
        write_service("cron", answer)
        passes = answer in NOT_OURS or answer in ("success", "new_authtok_reqd")
        for user, service, lenient in (("owner", "cardea-test", False), ("admin", "cardea-test", True), ("daemon", "cardea-test", True),
                                       ("owner", "cron", True), ("root", "cardea-test", True)):
            expected = passes or (lenient and answer in UNAVAILABLE)
            if gets(user, "acct_mgmt", service=service) != expected:
                wrong.append(f"account: {answer}, {user} at {service}: not {'in' if expected else 'out'}")
    complain_unless(wrong)


def check_passwords(world, answers):
    """passwd: who comes to pam_unix, and whether the whole says that something was changed. pam_exec stands in for pam_unix.
    After a first answer “success” the module's second is one of these four (pam_module/login_dialog.cpp)."""
    reached = os.path.join(world.directory, "reached")
    wrong = []
    for first in answers:
        for then in ("success", "authtok_err", "conv_err", "maxtries") if first == "success" else (first,):
            text = re.sub(r"pam_cardea\.so.*", f"pam_debug.so prechauthtok={first} chauthtok={then}", stacks()["password"])
            private_etc.write("/etc/pam.d/cardea-test", re.sub(r"pam_unix\.so.*", f"pam_exec.so quiet /usr/bin/touch {reached}", text))
            for user, member in (("owner", False), ("admin", True)):
                changed = gets(user, "chauthtok")
                came = os.path.exists(reached)
                if came:
                    os.unlink(reached)
                to_unix = first in NOT_OURS or (member and first in UNAVAILABLE)
                if came != to_unix or changed != (to_unix or first == then == "success"):
                    wrong.append(f"password: {first}, then {then}, {user}: {'to' if came else 'not to'} pam_unix, {'changed' if changed else 'failed'}")
    complain_unless(wrong)


def generated(report, world):
    report.chapter("pam-auth-update")
    with report.step("installed, the profile is off: nothing changes"):
        prepare(world)
        before = stacks()
        shutil.copy(PROFILE, "/usr/share/pam-configs/cardea")
        update()
        if stacks() != before:
            raise Broken("the stacks have changed")
    with report.step("switched on, it stands first, and the other profiles stay"):
        update("--enable", "cardea")
        text = stacks()["auth"]
        report.shows("\n".join(line for line in text.splitlines() if line and line[0] != "#"))
        if not 0 < text.find("pam_cardea.so") < text.find("pam_debug.so") < text.find("pam_unix.so"):
            raise Broken(text)
    with report.step("passwd asks Cardea first, and jobs without a person open no Cardea session"):
        now = stacks()
        if not 0 < now["password"].find("pam_cardea.so") < now["password"].find("pam_unix.so"):
            raise Broken(now["password"])
        if now["session-noninteractive"] != before["session-noninteractive"]:
            raise Broken("common-session-noninteractive has changed")
    with report.step("any other package's update keeps it, and does not take it for an edit by hand"):
        on = stacks()
        update()
        private_etc.write("/usr/share/pam-configs/later", STOCK_PROFILES["behind"].replace("Additional\nAuth:\n\trequired", "Additional\nAuth:\n\toptional"))
        update()
        os.unlink("/usr/share/pam-configs/later")
        update()
        if stacks() != on:
            raise Broken("the stacks have changed")
    return before


def judged(report, world):
    report.chapter("Who gets in")
    with report.step("at the door, for every answer of the module"):
        check_doors(world, ANSWERS, "auth")
    with report.step("account, for every answer: system users, cron and the break-glass group do not depend on the daemon"):
        check_accounts(ANSWERS)
    with report.step("passwd, for every answer: the PIN or the Unix password, never both, and a failure is one"):
        check_passwords(world, ANSWERS)
    with report.step("credentials without a login before, as sshd sets them after a public key"):
        write_service("cardea-test", "success")
        if not gets("owner", "setcred"):
            raise Broken("setcred failed")
    with report.step("the module's file is missing: the break-glass group gets in, others do not"):
        if os.path.exists("/lib/x86_64-linux-gnu/security/pam_cardea.so"):
            raise Broken("pam_cardea.so is installed on this machine")
        write_service("cardea-test")
        if not gets("admin", "authenticate", "setcred", "acct_mgmt", "open_session", password=world.passwords["admin"]):
            raise Broken("admin is locked out")
        for password in (world.passwords["owner"], "wrong"):
            if gets("owner", "authenticate", password=password):
                raise Broken("owner got in")
        if gets("admin", "authenticate") or gets("owner", "acct_mgmt"):
            raise Broken("let in, against the rules")
    with report.step("the group is missing: nobody gets in by it"):
        group = open("/etc/group", encoding="utf-8").read()
        without = "".join(line for line in group.splitlines(True) if not line.startswith("cardea-breakglass:"))
        with open("/etc/group", "w", encoding="utf-8") as file:
            file.write(without)
        allowed = gets("admin", "authenticate", password=world.passwords["admin"])
        with open("/etc/group", "w", encoding="utf-8") as file:
            file.write(group)
        if allowed:
            raise Broken("let in, against the rules")


def tell(report, world):
    before = generated(report, world)
    judged(report, world)
    with report.step("switched off, every file is as it was"):
        update("--remove", "cardea")
        if stacks() != before:
            raise Broken("the stacks have changed")


if __name__ == "__main__":
    story("pam_profile", tell, programs=())
