# SPDX-License-Identifier: Apache-2.0
"""Alert rules and dashboard of packaging/monitoring against a real server that has been used: every metric, label and value
that they ask for is there, the text is what Prometheus reads, and nobody is named in it.
Usage: monitoring.py --server PROGRAM --admin PROGRAM --source FOLDER"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "server", "openapi"))

import yaml  # noqa: E402

from document import Document  # noqa: E402
from person import Person  # noqa: E402
from play import Player, server_for  # noqa: E402


class Wrong(Exception):
    pass


def promtool(*arguments, cwd=None, text=None):
    done = subprocess.run(["promtool", *arguments], cwd=cwd, input=text, text=True, capture_output=True, timeout=60)
    if done.returncode != 0 or "warning" in done.stderr:
        raise Wrong(f"promtool {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


def expressions(dashboard):
    """Everything that the dashboard asks Prometheus, with Grafana's variables filled in."""
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    asked += [variable["query"]["query"].replace("label_values(", "group by (instance) (").replace(", instance)", ")")
              for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
    return [expr.replace("$__rate_interval", "1m").replace("$instance", ".*") for expr in asked]


def samples(text):
    """{name: [labels]}, with the parts of a histogram under their own names."""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})? \S+", line)
        if match and not line.startswith("#"):
            found.setdefault(match[1], []).append(dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")))
    return found


def check_asked(asked, shown):
    for expr in asked:
        for name, selector in re.findall(r"(cardea_\w+)(?:\{([^}]*)\})?", expr):
            if name not in shown:
                raise Wrong(f"{name} is asked for ({expr}), but the server does not show it")
            for label, operator, value in re.findall(r'(\w+)(=~?)"([^"]*)"', selector):
                values = {labels.get(label) for labels in shown[name]}
                if operator == "=" and value not in values and not (label == "status" and None not in values):
                    raise Wrong(f'{name}{{{label}="{value}"}} is asked for, the server has {sorted(map(str, values))}')
        for labels in re.findall(r"by \(([^)]*)\)", expr):
            for label in re.split(r",\s*", labels):
                if label != "instance" and not any(label in one for name in re.findall(r"cardea_\w+", expr) for one in shown[name]):
                    raise Wrong(f"no metric of {expr} has a label {label}")


def check_nobody_named(text, person):
    names = {person.account, person.user, person.record, person.card.id, person.new_card.id, person.computer.id, person.desk.id,
             person.session.keyid, "laptop", "127.0.0", "SN1",
             *(officer.name for officer in (person.officer, person.second, person.administrator))}
    if found := [name for name in names if name in text]:
        raise Wrong(f"/metrics names {found}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--admin", required=True, help="cardea-server-admin")
    parser.add_argument("--source", required=True)
    options = parser.parse_args()
    folder = os.path.join(options.source, "packaging", "monitoring")
    with open(os.path.join(folder, "cardea-server.json"), encoding="utf-8") as file:
        asked = expressions(json.load(file))
    with open(os.path.join(folder, "cardea-server.rules.yml"), encoding="utf-8") as file:
        rules = yaml.safe_load(file)
    alerts = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]

    with tempfile.TemporaryDirectory(prefix="cardea-monitoring-") as directory:
        for name in ("cardea-server.rules.yml", "prometheus.yml"):
            shutil.copy(os.path.join(folder, name), directory)
        shutil.copy(os.path.join(HERE, "rules_test.yml"), directory)
        with open(os.path.join(directory, "dashboard.yml"), "w", encoding="utf-8") as file:
            yaml.safe_dump({"groups": [{"name": "dashboard", "rules": [
                {"record": f"panel:{i}", "expr": expr} for i, expr in enumerate(asked)]}]}, file)
        promtool("check", "config", "prometheus.yml", cwd=directory)
        promtool("check", "rules", "dashboard.yml", cwd=directory)
        promtool("test", "rules", "rules_test.yml", cwd=directory)

        person = Person("")
        with server_for(person, options.server, options.admin, directory) as server:
            document = Document(os.path.join(options.source, "server", "openapi.yaml"))
            Player(document, server.client, person).play_all()
            text = server.metrics()
    promtool("check", "metrics", text=text)
    shown = samples(text)
    check_asked(asked + alerts, shown)
    check_nobody_named(text, person)
    used = set(re.findall(r"cardea_\w+", " ".join(asked + alerts)))
    print(f"{len(alerts)} alerts and {len(asked)} expressions use {len(used)} of {len(shown)} metrics")


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(f"monitoring: {wrong}")
