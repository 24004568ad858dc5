#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From server/openapi.yaml the corpus and the dictionary of fuzz_server_routes: for every operation a request as it should be, from
everybody, and every way of spoiling one member of it.

usage: openapi_corpus.py OPENAPI CORPUS DICTIONARY"""
import json
import os
import re
import shutil
import sys

import yaml

METHODS = ("get", "put", "post", "delete", "patch")
SIGNERS = ("nobody", "device", "stranger", "password", "answer", "card", "access-key", "officer", "officer-card", "administrator", "administrator-card", "region")
# What a schema can't say: values that exist in the world the requests are sent to (server_routes.cpp), and lengths in bytes.
KNOWN = {"user_id": "${user}", "card_id": "${card}", "computer_id": "${computer}", "record_id": "${record}", "account": "${account}",
         "device_spki": "${spki}", "session_spki": "${spki}", "login_public": "${spki}", "access_key_session": "${session}", "ref": "${computer}",
         "bundle": "0" * 64, "to": "south"}
LENGTHS = {"ke1": 96, "ke3": 64, "opaque_a_request": 32, "opaque_b_request": 32, "opaque_a_record": 192, "opaque_b_record": 192, "challenge": 32,
           "signature": 64, "check_k0": 32, "sheet_check": 32, "recovery_public": 65, "seal_key": 65, "cover": 94}
TEXTS = ("", "x" * 65, "y" * 5000, "ä€😀", "a\u0000b", "../../etc/passwd", "%00", "${other_user}", "${other_card}", "${other_computer}", "-_-_", "A", "' OR 1=1 --")
NUMBERS = (-1, 0, 1, 2**31, 2**32, 2**53, 2**63 - 1, -(2**63))
OTHERS = (None, True, 7, "text", [], {}, [[[[[[[[[1]]]]]]]]])


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.root = yaml.safe_load(file)

    def resolve(self, node):
        while "$ref" in node:
            target = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def operations(self):
        for path, item in self.root["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    parameters = [self.resolve(entry) for entry in item.get("parameters", []) + operation.get("parameters", [])]
                    yield method.upper(), path, parameters, operation

    def body(self, operation):
        """A body as the schema describes it, or None."""
        if "requestBody" not in operation:
            return None
        content = self.resolve(operation["requestBody"])["content"]["application/json"]
        return self.value("", content["schema"])

    def value(self, name, schema):
        schema = self.resolve(schema)
        if "allOf" in schema:
            return {key: value for part in schema["allOf"] for key, value in self.value(name, part).items()}
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return self.value(name, schema[choice][0])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        if kind == "object":
            return {key: self.value(key, part) for key, part in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.value(name, schema["items"])]
        if kind == "integer":
            return schema.get("minimum", 1)
        if kind == "boolean":
            return True
        return KNOWN.get(name, "A" * ((LENGTHS.get(name, 104) * 4 + 2) // 3))


def places(value, path=()):
    """Every member and element of a body, itself first."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, path + (key,))


def changed(body, path, make):
    """A copy of `body` in which `make(container, key)` has been done at `path`."""
    copy = {"": json.loads(json.dumps(body))}
    container, key = copy, ""
    for step in path:
        container, key = container[key], step
    make(container, key)
    return copy.get("")


def spoilt(body):
    """Bodies as texts, each with one thing wrong."""
    text = json.dumps(body)
    yield from ("", "{", "null", "[]", "\ufeff" + text, text + "x", text[: len(text) // 2], text.replace(":", ":" * 2, 1), "[" * 200, '"' + "z" * 65000 + '"')
    for path in places(body):
        value = body
        for step in path:
            value = value[step]
        replacements = [other for other in OTHERS if type(other) is not type(value)]
        replacements += TEXTS if isinstance(value, str) else NUMBERS if isinstance(value, int) else ()
        if isinstance(value, list):
            replacements += [value * 70]
        for replacement in replacements:
            yield json.dumps(changed(body, path, lambda container, key, new=replacement: container.__setitem__(key, new)))
        if path and isinstance(path[-1], str):
            yield json.dumps(changed(body, path, lambda container, key: container.pop(key)))
            # The same name twice, with different values.
            yield text.replace(f'"{path[-1]}":', f'"{path[-1]}": 1, "{path[-1]}":', 1)
        if isinstance(value, dict):
            yield json.dumps(changed(body, path, lambda container, key: container[key].update({"unknown": 1})))


def write(folder, name, operation, signer, query="", headers=(), body=""):
    with open(os.path.join(folder, name), "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write("\n".join([operation, signer, query, *headers, "", body]))


def requests(document):
    """(name, pattern, signer, query, headers, body) for every case."""
    for method, path, parameters, operation in document.operations():
        name = method.lower() + re.sub(r"[^a-z0-9]+", "-", path)
        pattern = f"{method} {path}"
        queries = [entry["name"] for entry in parameters if entry["in"] == "query"]
        body = document.body(operation)
        text = "" if body is None else json.dumps(body)
        for signer in SIGNERS:
            yield f"{name}.by-{signer}", pattern, signer, f"?user_id=${{user}}" if "user_id" in queries else "", ('If-Match: "1"',), text
        yield f"{name}.other-user", pattern, "allowed", "?user_id=${other_user}" if "user_id" in queries else "", ('If-Match: "1"',), text.replace("${user}", "${other_user}")
        for number, match in enumerate(('*', 'W/"1"', '"0"', '"99999999999999999999"', '"1", "2"', '1', '""')):
            yield f"{name}.match-{number}", pattern, "allowed", "", (f"If-Match: {match}", "Idempotency-Key: k"), text
        for query in queries + ["nonsense"]:
            for number, value in enumerate(("", "x", "-1", "0", "18446744073709551616", "1&" + query + "=1", "%41", "a=b")):
                yield f"{name}.query-{query}-{number}", pattern, "allowed", f"?{query}={value}", (), text
        for number, spoilt_body in enumerate(spoilt(body) if body is not None else ("{}", "x")):
            yield f"{name}.body-{number}", pattern, "allowed", "", ('If-Match: "1"',), spoilt_body


def words(document):
    """Every name and fixed value that the document knows."""
    found = set()

    def visit(node):
        if isinstance(node, dict):
            found.update(node.get("properties", {}))
            found.update(str(value) for value in node.get("enum", []) if value != "")
            for part in node.values():
                visit(part)
        elif isinstance(node, list):
            for part in node:
                visit(part)

    visit(document.root)
    found.update(f"{method} {path}" for method, path, _, _ in document.operations())
    return sorted(found | set(SIGNERS) | set(KNOWN.values()))


def main():
    document, corpus, dictionary = Document(sys.argv[1]), sys.argv[2], sys.argv[3]
    shutil.rmtree(corpus, ignore_errors=True)
    os.makedirs(corpus)
    for case in requests(document):
        write(corpus, *case)
    with open(dictionary, "w", encoding="utf-8") as file:
        for word in words(document):
            file.write('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"\n')


if __name__ == "__main__":
    main()
