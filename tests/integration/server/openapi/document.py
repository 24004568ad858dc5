# SPDX-License-Identifier: Apache-2.0
"""server/openapi.yaml: its operations, and what it promises of an answer."""
import re

import jsonschema
import yaml

METHODS = ("get", "put", "post", "delete")


class Broken(Exception):
    """The document, or a server that does not keep it."""


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.root = yaml.safe_load(file)
        self._resolver = jsonschema.RefResolver("", self.root)
        self.operations = {}
        for address, methods in self.root["paths"].items():
            for method in METHODS:
                if method in methods:
                    operation = Operation(self, method.upper(), address, methods[method])
                    self.operations[operation.id] = operation

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            node = self._resolver.resolve(node["$ref"])[1]
        return node

    def check(self, what, schema, value):
        validator = jsonschema.Draft202012Validator(schema, resolver=self._resolver)
        for error in sorted(validator.iter_errors(value), key=str):
            raise Broken(f"{what}: {'/'.join(map(str, error.absolute_path)) or 'the whole'}: {error.message}")

    def undescribed(self, schema, value, at=""):
        """Members that the schema has no word about: clients would come to rely on them."""
        schema = self.resolve(schema)
        if isinstance(value, list):
            items = schema.get("items", {})
            return [name for i, item in enumerate(value) for name in self.undescribed(items, item, f"{at}[{i}]")]
        described = {}
        for part in [schema, *map(self.resolve, schema.get("allOf", []))]:
            for inner in [part, *map(self.resolve, part.get("allOf", []))]:
                described.update(inner.get("properties", {}))
        if not isinstance(value, dict) or not described:
            return []
        found = []
        for name, member in value.items():
            inside = f"{at}.{name}"
            found += self.undescribed(described[name], member, inside) if name in described else [inside]
        return found


class Operation:
    def __init__(self, document, method, address, node):
        self.document, self.method, self.address, self.node = document, method, address, node
        self.name = f"{method} {address}"
        self.id = node.get("operationId", self.name)
        self.signed = bool(node.get("security", document.root.get("security")))
        self.parameters = [document.resolve(parameter) for parameter in node.get("parameters", [])]

    def parameter(self, name, required=False):
        return any(p["name"] == name and (p.get("required") or not required) for p in self.parameters)

    def content(self, node, kind):
        media = self.document.resolve(node).get("content", {}).get(kind)
        if media is None:
            raise Broken(f"{self.name}: {kind} is not described")
        return media

    @property
    def takes_body(self):
        return "requestBody" in self.node

    def example(self):
        media = self.content(self.node["requestBody"], "application/json")
        if "example" not in media:
            raise Broken(f"{self.name}: its request has no example in server/openapi.yaml")
        return media["example"]

    def check_examples(self):
        """Each request and each answer with content has one, and it is what its schema says."""
        if self.takes_body:
            schema = self.content(self.node["requestBody"], "application/json")["schema"]
            self.document.check(f"{self.name}: example of the request", schema, self.example())
        for status, response in self.node["responses"].items():
            for kind, media in self.document.resolve(response).get("content", {}).items():
                what = f"{self.name}: example of the answer {status}"
                if "example" not in media:
                    raise Broken(f"{what}: there is none in server/openapi.yaml")
                self.document.check(what, media["schema"], media["example"])
                if extra := self.document.undescribed(media["schema"], media["example"]):
                    raise Broken(f"{what}: {extra} is not in the schema")

    def check_body(self, body):
        schema = self.content(self.node["requestBody"], "application/json")["schema"]
        self.document.check(f"{self.name}: request", schema, body)

    def check_answer(self, answer):
        what = f"{self.name}: answer {answer.status}"
        responses = self.node["responses"]
        promised = responses.get(str(answer.status)) or (responses.get("default") if answer.status >= 400 else None)
        if promised is None:
            raise Broken(f"{what} is not described: {answer.text}")
        promised = self.document.resolve(promised)
        for name, header in promised.get("headers", {}).items():
            self._check_header(what, name, self.document.resolve(header), answer.headers.get(name.lower()))
        if not re.fullmatch("[0-9a-f]{16}", answer.headers.get("x-request-id", "")):
            raise Broken(f"{what}: no X-Request-Id")
        if "set-cookie" in answer.headers:
            raise Broken(f"{what}: a cookie")
        if "content" not in promised:
            if answer.text:
                raise Broken(f"{what}: content where none is described: {answer.text}")
            return
        media = self.content(promised, answer.headers.get("content-type"))
        self.document.check(what, media["schema"], answer.json)
        if extra := self.document.undescribed(media["schema"], answer.json):
            raise Broken(f"{what}: {extra} is not described")
        if answer.status >= 400 and answer.json["status"] != answer.status:
            raise Broken(f"{what}: the problem says {answer.json['status']}")

    def _check_header(self, what, name, header, value):
        if value is None:
            if header.get("required"):
                raise Broken(f"{what}: no {name}")
            return
        number = header["schema"].get("type") == "integer" and value.isdigit()
        self.document.check(f"{what}: {name}", header["schema"], int(value) if number else value)
