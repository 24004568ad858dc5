# SPDX-License-Identifier: Apache-2.0
"""The same login with the same token and PIN through pam_cardea and through the modules that others log in with: alone, and inside su.
A peer that is neither installed nor unpacked by fetch_peers is reported as not run."""
import json
import os
import subprocess

from desk import FIRST, SOURCE, Broken, add_service
from harness.private_etc import write
from login_bench import CONFIG, SoftTokenDesk
from results import median

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
MODULES = "/usr/lib/x86_64-linux-gnu/security"
# pam_pkcs11 with a check of the certificate against its authority, and one line that says whose it is.
PKCS11_CONF = """\
pam_pkcs11 {{
  nullok = false; debug = false; use_first_pass = false; try_first_pass = false; card_only = true; wait_for_card = false;
  use_pkcs11_module = softhsm;
  pkcs11_module softhsm {{ module = {softhsm}; description = "SoftHSM"; slot_num = 0; ca_dir = {directory}; crl_dir = {directory}; support_threads = false; cert_policy = ca, signature; }}
  use_mappers = subject;
  mapper subject {{ debug = false; module = internal; ignorecase = false; mapfile = "file://{directory}/subjects"; }}
}}
"""
CERTIFICATE = "/run/owner-certificate.der"  # where the worker's user, whose token it is, can read it
GOALS = {"pam_p11": 3, "pam_pkcs11": 5}


class PeerDesk(SoftTokenDesk):
    """Its token has a certificate of the login key as well, and its computer the peers."""

    def __init__(self, world, peers):
        super().__init__(world)
        self.directory = os.path.join(self.computer.directory, "peers")
        os.mkdir(self.directory, 0o755)
        if os.path.isdir(peers):
            self.computer.run(["mount", "-t", "overlay", "-o", f"ro,lowerdir={peers}/usr:/usr", "overlay", "/usr"])
        self._certify()
        self.stacks = {"cardea": None, "permit": None, **self._add_peers()}

    def _certify(self):
        """A certificate for the very key that Cardea has enrolled, by an authority of the bench's."""
        path = self.directory
        tool = ["env", f"SOFTHSM2_CONF={CONFIG}", "pkcs11-tool", "--module", SOFTHSM]
        found = self.computer.run([*tool, "--list-objects", "--type", "pubkey", "--login", "--pin", self.pin]).stdout
        number = login_key_id(found)
        self.computer.run([*tool, "--read-object", "--type", "pubkey", "--id", number, "--output-file", f"{path}/key.der"])
        script = f"""cd {path}
openssl pkey -pubin -inform DER -in key.der -out key.pem
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=bench-authority -days 2 2>/dev/null
openssl req -new -key ca.key -subj /CN=owner -out owner.csr
openssl x509 -req -in owner.csr -force_pubkey key.pem -CA ca.pem -CAkey ca.key -days 2 -out owner.pem 2>/dev/null
openssl x509 -in owner.pem -outform DER -out owner.der
ln -s ca.pem "$(openssl x509 -hash -noout -in ca.pem).0"
install -m 0644 owner.der {CERTIFICATE}
mkdir -p /run/home/owner/.eid; cp owner.pem /run/home/owner/.eid/authorized_certificates
chown -R owner: /run/home/owner/.eid; chmod 0755 /run/home/owner/.eid; openssl x509 -noout -subject -in owner.pem | sed 's/^subject=//; s,^ *,/,; s/ //g; s/$/ -> owner/' >subjects"""
        self.computer.run(["bash", "-ec", script])
        self.computer.run(["setpriv", "--reuid", "cardea-card", "--regid", "cardea-card", "--clear-groups", *tool, "--login", "--pin", self.pin,
                           "--write-object", CERTIFICATE, "--type", "cert", "--id", number, "--label", "owner"])

    def _add_peers(self):
        write(f"{self.directory}/pkcs11.conf", PKCS11_CONF.format(softhsm=SOFTHSM, directory=self.directory))
        lines = {"pam_p11": f"pam_p11.so {SOFTHSM}", "pam_pkcs11": f"pam_pkcs11.so config_file={self.directory}/pkcs11.conf"}
        found = {}
        for name, line in lines.items():
            if self.computer.exists(f"{MODULES}/{name}.so"):
                # Their account part is nothing: pam_permit, to their advantage.
                add_service(self.computer, name, line, account="pam_permit.so")
                found[name] = self.pin
        add_service(self.computer, "pam_unix", "pam_unix.so")
        return {**found, "pam_unix": self.world.passwords["owner"]}

    def answer(self, name):
        return self.stacks[name] or self.pin

    def logs_in(self, name, mode):
        """As log_in, with what this module wants to hear."""
        pin, self.pin = self.pin, self.answer(name)
        try:
            return self.log_in(name, mode)
        finally:
            self.pin = pin


def login_key_id(listing):
    """The id of the key in pkcs11-tool's list that logs in."""
    label, found = "", []
    for line in listing.splitlines():
        word, _, value = line.strip().partition(":")
        if word == "label":
            label = value.strip()
        elif word == "ID":
            found.append((value.strip(), label))
    chosen = [number for number, name in found if "login" in name.lower()] or [number for number, _ in found]
    if not chosen:
        raise Broken(f"no public key on the token:\n{listing}")
    return chosen[0]


def measure_alone(report, desk, rounds, key):
    times = {name: [] for name in desk.stacks if name != "permit"}
    for number in range(rounds + 1):
        for name in times:
            spent = desk.logs_in(name, "time")["verdict_ms"]
            if number:
                times[name].append(spent)
    compare(report, f"login, module alone, {key}", times, held=True)


def compare(report, what, times, held=False):
    ours = median(times.pop("cardea"))
    for name, theirs in times.items():
        peer = median(theirs)
        goal = GOALS.get(name) if held else None
        report.add(f"{what}, beside {name}", ours, peer, unit="ms", goal=f"≤ 1/{goal}" if goal else "", met=ours * goal <= peer if goal else None, against=name)


def measure_su(report, desk, rounds, key):
    """The answer is the same for all: who wants a password instead has the PIN as his password."""
    names = [name for name in desk.stacks if name != "pam_unix"]
    places = [f"{name}={desk.computer.services}/{name}" for name in names]
    for name in names:
        with open(f"{desk.computer.services}/{name}", "a", encoding="utf-8") as file:
            file.write("session required pam_permit.so\n")
    script = os.path.join(SOURCE, "tests", "bench", "su_timer.py")
    done = subprocess.run(desk.computer.inside([*FIRST, "/usr/bin/python3", script, str(rounds), *places]), input=desk.pin + "\n", text=True,
                          env=desk.computer.environment(SOFTHSM2_CONF=CONFIG), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    if done.returncode != 0:
        raise Broken(f"{done.stderr}\n{desk.computer.auth_log()[-1000:]}")
    compare(report, f"su, whole command, {key}", json.loads(done.stdout))


def measure_host(report, desk, rounds):
    seen = {name: [desk.logs_in(name, "footprint") for _ in range(rounds)] for name in desk.stacks}
    ours = {field: median([one[field] for one in seen["cardea"]]) for field in seen["cardea"][0]}
    for name, runs in seen.items():
        if name == "cardea":
            continue
        for field, what, unit in (("loaded", "shared objects loaded", ""), ("resident_kib", "resident, at the verdict", "KiB"), ("peak_dirty_kib", "private dirty, at the verdict", "KiB")):
            report.add(f"login program: {what}, beside {name}", ours[field], median([one[field] for one in runs]), unit=unit, against=name)


def run(report, world, peers, smoke):
    desk = PeerDesk(world, peers)
    key = "P-256" if world.key == "p256" else "RSA-2048"
    for name in GOALS:
        if name not in desk.stacks:
            report.not_run(f"login, {key}, beside {name}", "not there: tests/bench/fetch_peers")
    measure_alone(report, desk, 2 if smoke else 30, key)
    measure_su(report, desk, 2 if smoke else 30, key)
    if world.key == "p256":
        measure_host(report, desk, 1 if smoke else 7)
