#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The MSI under Wine: what is in it, installed, upgraded, a downgrade refused, taken away without a trace."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

from wine import Failed, Wine

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACKAGING = ROOT / "packaging" / "windows"
OURS = r"HKEY_LOCAL_MACHINE\SOFTWARE\Cardea"
PROVIDER = OURS + r"\CredentialProvider"
CLASS = "{7E6B0C5A-3D41-4F0E-9B57-2F8C1AD4E9C3}"
AUTHENTICATION = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication"
REGISTRATION = [rf"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\CLSID\{CLASS}", AUTHENTICATION]
UNINSTALL = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
# Wine has no password provider to lose; a stand-in under its class.
PASSWORD = AUTHENTICATION + r"\Credential Providers\{60b78e88-ead8-445c-9cfd-0b87f74ea6cd}"
FILES = ["CardeaCredentialProvider.dll", "PolicyDefinitions/cardea.admx", "PolicyDefinitions/en-US/cardea.adml",
         "PolicyDefinitions/de-DE/cardea.adml"]
GIVEN = {"SERVERURL": "https://cardea.example.org:8443", "HIDEOTHERPROVIDERS": "1",
         "ALLOWEDPROVIDERS": "{60b78e88-ead8-445c-9cfd-0b87f74ea6cd};{11111111-2222-3333-4444-555555555555}"}
REFUSED = [{"SERVERURL": "http://cardea.example.org"}, {"SERVERURL": "https://"}, {"SERVERURL": "https://a b"}, {"HIDEOTHERPROVIDERS": "2"},
           {"HIDEOTHERPROVIDERS": "yes"}, {"ALLOWEDPROVIDERS": "60b78e88-ead8-445c-9cfd-0b87f74ea6cd"}]
# What Windows Installer keeps for itself, the folder of all filters (Windows has it, Wine has not), and a number that Wine draws at each start.
NOT_OURS = re.compile(r"\+ \[HKEY_LOCAL_MACHINE\\Software\\(Classes\\Installer(\\(Features|Products|UpgradeCodes))?"
                      r"|Microsoft\\Windows\\CurrentVersion\\Installer\\(UpgradeCodes|UserData(\\S-1-5-18(\\(Components|Products))?)?)"
                      r"|Microsoft\\Windows\\CurrentVersion\\Authentication\\Credential Provider Filters)\] empty"
                      r"|[+-] \[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Control\\Video\\.*")
FATAL = 1603 & 0xFF  # ERROR_INSTALL_FAILURE


def check(there, what):
    if not there:
        raise Failed(what)


def equal(have, wanted, what):
    check(have == wanted, f"{what}: {have!r} instead of {wanted!r}")


def difference(before, after):
    """Lines that say what differs between two registries, or sets of files."""
    if isinstance(before, set):
        return [f"- {name}" for name in sorted(before - after)] + [f"+ {name}" for name in sorted(after - before)]
    lines = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            lines.append(f"{'+' if old is None else '-'} [{key}]{'' if old or new else ' empty'}")
        elif old != new:
            lines += [f"[{key}] {name}: {old.get(name)} -> {new.get(name)}" for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return lines


def table(msi, name):
    """{first column: the others}"""
    text = subprocess.run(["msiinfo", "export", msi, name], capture_output=True, text=True, check=True).stdout
    rows = [line.rstrip("\r").split("\t") for line in text.splitlines()[3:]]
    return {row[0]: row[1:] for row in rows}


class Machine:
    """Where it is installed, and the packages."""

    def __init__(self, wine, options, folder):
        self.wine, self.options, self.folder = wine, options, folder
        self.installed = wine.drive / "Program Files" / "Cardea"

    def build(self, version, name=None):
        """A package of the same files with another version."""
        path = self.folder / (name or f"{version}.msi")
        subprocess.run([sys.executable, PACKAGING / "build_msi.py", "--version", version, "--provider", self.options.provider,
                        "--strip", self.options.strip, "--output", path], check=True)
        return path

    def msiexec(self, verb, msi, properties=None):
        return self.wine.run("msiexec", verb, f"Z:{msi}", "/qn", *(f"{name}={value}" for name, value in (properties or {}).items()))[0]

    def sees(self):
        """What the installed provider does, as lines."""
        return self.wine.must(self.options.driver).splitlines()

    def set_value(self, key, name, kind, value):
        self.wine.must("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f")

    def entries(self):
        """Versions among the installed programs."""
        return [values.get("DisplayVersion", "").strip('"') for values in self.wine.registry(UNINSTALL).values() if values.get("DisplayName") == '"Cardea"']

    def registration(self):
        return [self.wine.registry(key) for key in REGISTRATION]


def package(machine):
    """What tables.sql says has arrived, and the same files make the same bytes."""
    msi = machine.options.msi
    first = machine.build("1.2.3", "first.msi").read_bytes()
    time.sleep(1.1)  # what would have the time in it would have another
    equal(machine.build("1.2.3", "second.msi").read_bytes() == first, True, "two builds of the same")
    components = table(msi, "Component")
    for name, condition in {"ServerUrl": "SERVERURL", "HideOtherProviders": "HIDEOTHERPROVIDERS", "AllowedProviders": "ALLOWEDPROVIDERS", "Provider": ""}.items():
        equal(components[name][3], condition, f"condition of {name}")
    equal(len({row[0] for row in components.values()}), len(components), "different component codes")
    for name, row in components.items():
        check(int(row[2]) & 256, f"{name} is not for 64 bits")
    actions = {name: int(row[1]) for name, row in table(msi, "InstallExecuteSequence").items()}
    for name in ("KeepServerUrl", "KeepHidden", "KeepShown", "KeepAllowed"):
        check(actions["AppSearch"] < actions["LaunchConditions"] < actions[name] < actions["CostInitialize"], f"{name} is at the wrong place: {actions}")
    check(actions["InstallInitialize"] < actions["RemoveExistingProducts"] < actions["ProcessComponents"], f"the old version goes too early or too late: {actions}")
    secure = set(table(msi, "Property")["SecureCustomProperties"][0].split(";"))
    check(secure >= {*GIVEN, "WIX_DOWNGRADE_DETECTED", "WIX_UPGRADE_DETECTED"}, f"SecureCustomProperties: {secure}")
    check(any("newer version of Cardea is installed" in row[0] for row in table(msi, "LaunchCondition").values()), "no word about a downgrade")
    equal(table(msi, "_SummaryInformation")["7"][0].split(";")[0], "x64", "platform")


def refused(machine):
    for properties in REFUSED:
        equal(machine.msiexec("/i", machine.options.msi, properties), FATAL, f"exit code for {properties}")
    equal(machine.wine.registry(OURS), {}, "registry after refusals")
    check(not machine.installed.exists(), "files after refusals")


def installed_values(machine, **differing):
    values = {"StartsPending": "dword:00000000", "LastStart": "dword:00000000", "HideOtherProviders": "dword:00000001",
              "AllowedProviders": f'"{GIVEN["ALLOWEDPROVIDERS"]}"', **differing}
    equal(machine.wine.registry(OURS), {OURS: {"ServerUrl": f'"{GIVEN["SERVERURL"]}"'}, PROVIDER: values}, "values")


def installed(machine):
    """Without properties nothing is set; with them what they say."""
    equal(machine.msiexec("/i", machine.options.msi), 0, "exit code")
    equal(machine.wine.registry(OURS), {OURS: {}, PROVIDER: {"StartsPending": "dword:00000000", "LastStart": "dword:00000000"}}, "values without properties")
    equal(machine.msiexec("/x", machine.options.msi), 0, "exit code")
    equal(machine.msiexec("/i", machine.options.msi, GIVEN), 0, "exit code")
    installed_values(machine)
    there = {path.relative_to(machine.installed).as_posix() for path in machine.installed.rglob("*") if path.is_file()}
    equal(there, set(FILES), "files")
    for name in FILES[1:]:
        equal((machine.installed / name).read_bytes(), (PACKAGING / "policy" / name.removeprefix("PolicyDefinitions/")).read_bytes(), name)
    symbols = subprocess.run(["x86_64-w64-mingw32-objdump", "-t", machine.installed / FILES[0]], capture_output=True, text=True, check=True).stdout
    check("no symbols" in symbols, "the DLL is not stripped")
    check((machine.wine.registry(PASSWORD) or {}).get(PASSWORD), "the password provider is gone")


def drives(machine):
    """The registered class is the installed file, and answers."""
    offers = [r"file C:\Program Files\Cardea\CardeaCredentialProvider.dll", "tiles 1", "filter 1 1"]
    nothing = [offers[0], "nothing", offers[2]]
    equal(machine.sees(), offers, "the provider")
    values = machine.wine.registry(PROVIDER)[PROVIDER]
    equal((values["StartsPending"], values["LastStart"][:6]), ("dword:00000000", "hex(b)"), "the sentinel's values after a start")
    policy = xml.parse(machine.installed / "PolicyDefinitions" / "cardea.admx").find(".//{*}policy[@name='Disabled']")
    for key in ("HKLM\\" + policy.get("key"), PROVIDER):
        machine.set_value(key, policy.get("valueName"), "REG_DWORD", "1")
        equal(machine.sees(), nothing, f"the provider with the kill switch in {key}")
        machine.wine.must("reg", "delete", key, "/v", policy.get("valueName"), "/f")
    machine.wine.must("reg", "delete", r"HKLM\SOFTWARE\Policies\Cardea", "/f")
    equal(machine.sees(), offers, "the provider again")


def upgraded(machine):
    """What was given holds on; what was set by hand stays; what is given now wins."""
    major, minor, _ = table(machine.options.msi, "Property")["ProductVersion"][0].split(".")
    newer, newest = machine.build(f"{major}.{int(minor) + 1}.0"), machine.build(f"{int(major) + 1}.0.0")
    machine.set_value(PROVIDER, "Disabled", "REG_DWORD", "1")
    equal(machine.msiexec("/i", newer), 0, "exit code")
    installed_values(machine, Disabled="dword:00000001")
    equal(machine.entries(), [newer.stem], "entries")
    equal(machine.sees()[1], "nothing", "the provider after an upgrade with the kill switch set")
    machine.wine.must("reg", "delete", PROVIDER, "/v", "Disabled", "/f")
    equal(machine.msiexec("/i", newest, {"HIDEOTHERPROVIDERS": "0"}), 0, "exit code")
    installed_values(machine, HideOtherProviders="dword:00000000")
    equal(machine.entries(), [newest.stem], "entries")
    for older in (machine.options.msi, newer):
        equal(machine.msiexec("/i", older), FATAL, f"exit code of the downgrade to {older}")
    equal(machine.entries(), [newest.stem], "entries after downgrades")
    installed_values(machine, HideOtherProviders="dword:00000000")
    equal(machine.sees()[1], "tiles 1", "the provider")
    return newest


def by_hand(machine, by_package):
    """DllRegisterServer of the same file at the same place writes what the package does."""
    machine.installed.mkdir()
    shutil.copyfile(machine.options.provider, machine.installed / FILES[0])
    path = rf"C:\Program Files\Cardea\{FILES[0]}"
    equal(machine.wine.run("regsvr32", "/s", path)[0], 0, "regsvr32")
    equal(difference(by_package, dict(enumerate_keys(machine.registration()))), [], "the package's registration, compared with DllRegisterServer's")
    equal(machine.wine.run("regsvr32", "/s", "/u", path)[0], 0, "regsvr32 /u")
    shutil.rmtree(machine.installed)


def enumerate_keys(registries):
    for registry in registries:
        yield from registry.items()


def test(machine):
    wine = machine.wine
    wine.must("reg", "add", PASSWORD, "/ve", "/d", "PasswordProvider", "/f")
    package(machine)
    before, files = wine.registry("HKEY_LOCAL_MACHINE"), wine.files()
    check(len(before) > 1000 and len(files) > 500, f"hardly any registry or files to compare: {len(before)} keys, {len(files)} files")
    refused(machine)
    installed(machine)
    by_package = dict(enumerate_keys(machine.registration()))
    check(len([key for key in by_package if CLASS in key]) == 4, f"registration: {sorted(by_package)}")
    drives(machine)
    equal(machine.msiexec("/x", upgraded(machine)), 0, "exit code of the removal")
    check(not machine.installed.exists(), "the directory is left")
    equal(wine.registry(OURS), {}, "what is left of our key")
    by_hand(machine, by_package)
    changes = [line for line in difference(before, wine.registry("HKEY_LOCAL_MACHINE")) if not NOT_OURS.fullmatch(line)]
    equal(changes, [], "registry, compared with the one before")
    equal(difference(files | {"windows/Installer"}, wine.files() | {"windows/Installer"}), [], "files, compared with those before")  # Windows' own folder


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("msi", "provider", "driver", "strip", "prefix"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    os.makedirs(options.prefix, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Wine(options.prefix).up() as wine:
        test(Machine(wine, options, pathlib.Path(folder)))
    print("msi: ok")


try:
    main()
except Failed as failure:
    sys.exit(f"msi: {failure}")
