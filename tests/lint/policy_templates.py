#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Windows' policy templates (packaging/windows/policy): well-formed, in the schema's order, every reference answered, the same texts in each
language, and every registry value one that the credential provider reads of a policy, with its type; and the other way round.
Schema: “Group Policy ADMX Syntax Reference Guide”, learn.microsoft.com."""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging/windows/policy"
LANGUAGES = ["en-US", "de-DE"]
NAMESPACE = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"
# Sequences of the schema: each at most once here, in this order.
ORDER = {
    "policyDefinitions": ["policyNamespaces", "resources", "supportedOn", "categories", "policies"],
    "policy": ["parentCategory", "supportedOn", "enabledValue", "disabledValue", "elements"],
    "policyDefinitionResources": ["displayName", "description", "resources"],
    "resources": ["stringTable", "presentationTable"],
}
ATTRIBUTES = {"policy": {"name", "class", "displayName", "explainText", "key", "valueName", "presentation"}, "multiText": {"id", "valueName", "maxStrings"}}
NAME = re.compile(r"[A-Za-z_][\w.-]*")
REFERENCE = re.compile(r"\$\((string|presentation)\.([\w.-]+)\)")
# How the code reads a value -> what the template must write.
KIND = {"number": "decimal", "classes": "multiText"}


def tag(element):
    return element.tag.removeprefix(NAMESPACE)


def read(path, root):
    tree = xml.parse(path).getroot()
    if tree.tag != NAMESPACE + root or tree.get("revision") != "1.0" or tree.get("schemaVersion") != "1.0":
        yield f"{path}: its root is not {root} of the schema, revision and schemaVersion 1.0"
    for element in tree.iter():
        if not element.tag.startswith(NAMESPACE):
            yield f"{path}: {element.tag} is of another schema"
        children = [tag(child) for child in element]
        order = ORDER.get(tag(element))
        if order and children and [name for name in order if name in children] != children:
            yield f"{path}: children of {tag(element)} are {children}, the schema has {order}"
        unknown = set(element.keys()) - ATTRIBUTES.get(tag(element), set(element.keys()))
        if unknown:
            yield f"{path}: {tag(element)} with {sorted(unknown)}"


def of_the_code():
    """{value's name: how it is read} of all that is read below the policy key, and the key."""
    settings = (ROOT / "credprov/windows/settings.cpp").read_text()
    seams = (ROOT / "credprov/windows/production_seams.cpp").read_text()
    names = dict(re.findall(r'(k\w+) = L"(\w+)";', settings))
    reads = re.findall(r"\b(\w+)\(seams_\.policy_key\(\), (k\w+)\)", settings)
    key = re.search(r'policy_key\(\)[^{]*\{\s*return L"([^"]+)";', seams)[1].replace("\\\\", "\\")
    return {names[constant]: how for how, constant in reads}, key


def of_the_template(policies):
    """{value's name: what is written}, and complaints."""
    written, complaints = {}, []
    for policy in policies:
        name = policy.get("name")
        if policy.get("valueName"):
            sides = [policy.find(f"{NAMESPACE}{side}/{NAMESPACE}decimal") for side in ("enabledValue", "disabledValue")]
            if [side is not None and side.get("value") for side in sides] != ["1", "0"]:
                complaints.append(f"policy {name}: enabled is not 1, or disabled not 0")
            written[policy.get("valueName")] = "decimal"
        for element in policy.iterfind(f"{NAMESPACE}elements/*"):
            written[element.get("valueName")] = tag(element)
    return written, complaints


def values(policies):
    reads, key = of_the_code()
    written, complaints = of_the_template(policies)
    yield from complaints
    if len(reads) < 3:
        yield f"credprov/windows/settings.cpp: reads only {sorted(reads)} of a policy"
    if written != {name: KIND[how] for name, how in reads.items()}:
        yield f"the template writes {written}, the provider reads {reads}"
    for policy in policies:
        if policy.get("key") != key or policy.get("class") != "Machine":
            yield f"policy {policy.get('name')}: {policy.get('class')} {policy.get('key')}; the provider reads Machine {key}"


def references(template, policies):
    categories = [element.get("name") for element in template.iterfind(f"{NAMESPACE}categories/{NAMESPACE}category")]
    supported = [element.get("name") for element in template.iterfind(f"{NAMESPACE}supportedOn//{NAMESPACE}definition")]
    names = [policy.get("name") for policy in policies]
    for name in (*categories, *supported, *names):
        if not NAME.fullmatch(name) or (*categories, *supported, *names).count(name) != 1:
            yield f"{name}: no name, or twice"
    for policy in policies:
        for kind, known in (("parentCategory", categories), ("supportedOn", supported)):
            found = policy.find(NAMESPACE + kind)
            if found is None or found.get("ref") not in known:
                yield f"policy {policy.get('name')}: its {kind} is not there"


def texts(language, template, policies):
    """One language has each text that is asked for, no other, and a box for each element."""
    path = FOLDER / language / "cardea.adml"
    tree = xml.parse(path).getroot()
    have = {"string": {}, "presentation": {}}
    for element in tree.iter():
        if tag(element) in have:
            if element.get("id") in have[tag(element)] or not "".join(element.itertext()).strip():
                yield f"{path}: {element.get('id')} is empty, or there twice"
            have[tag(element)][element.get("id")] = element
    wanted = {"string": set(), "presentation": set()}
    for element in template.iter():
        for value in element.attrib.values():
            for kind, name in REFERENCE.findall(value):
                wanted[kind].add(name)
    for kind, names in wanted.items():
        for name in sorted(names ^ have[kind].keys()):
            yield f"{path}: {kind} {name} is {'missing' if name in names else 'asked for by nobody'}"
    for policy in policies:
        elements = {element.get("id") for element in policy.iterfind(f"{NAMESPACE}elements/*")}
        shown = REFERENCE.fullmatch(policy.get("presentation", ""))
        boxes = {box.get("refId") for box in have["presentation"].get(shown[2], ())} - {None} if shown else set()
        if elements != boxes:
            yield f"{path}: policy {policy.get('name')} has {sorted(elements)}, its presentation shows {sorted(boxes)}"


def translated():
    english, other = ({element.get("id"): element.text for element in xml.parse(FOLDER / language / "cardea.adml").iter(NAMESPACE + "string")} for language in LANGUAGES)
    for name in sorted(english.keys() & other.keys()):
        if english[name] == other[name] and name != "Cardea":
            yield f"{LANGUAGES[1]}: {name} is not translated"


def main():
    path = FOLDER / "cardea.admx"
    complaints = list(read(path, "policyDefinitions"))
    template = xml.parse(path).getroot()
    policies = template.findall(f"{NAMESPACE}policies/{NAMESPACE}policy")
    complaints += [*references(template, policies), *values(policies), *translated()]
    for language in LANGUAGES:
        complaints += [*read(FOLDER / language / "cardea.adml", "policyDefinitionResources"), *texts(language, template, policies)]
    present = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
    if present != sorted(LANGUAGES):
        complaints.append(f"languages are {present}, the script knows {LANGUAGES}")
    print("\n".join(complaints) or f"policy templates: {len(policies)} policies ok")
    return 1 if complaints else 0


sys.exit(main())
