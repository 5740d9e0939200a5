"""Every field of an object, as the API server's OpenAPI document has it, and for each what a client could send to change it."""
import copy
import typing

MANY = 3        # levels under which a schema is walked wherever it stands; below, each once
DEEP = 12       # levels at all
KEY = "other"   # of a map
TEXTS = ["other", "1", "/other", "10.0.0.1", "Always"]
PLAIN = {"boolean": [True, False], "integer": [7, 1, 0], "string": TEXTS}
UNIONS = ("volumes", "env")  # a new element of them, since what is there is of another sort


class Change(typing.NamedTuple):
    path: tuple    # keys, and 0 for the first element of a list
    value: object  # None: taken away


def at(value, path: tuple):
    """None where there is nothing."""
    for step in path:
        if isinstance(value, list):
            value = value[0] if value else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def diff(old, new):
    """The RFC 7396 merge patch that makes `new` of `old`."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    patch = {key: None for key in old if key not in new}
    return patch | {key: diff(old.get(key), value) for key, value in new.items() if old.get(key) != value}


class Schemas:
    def __init__(self, *documents: dict):
        self.named = {name: schema for document in documents for name, schema in document["components"]["schemas"].items()}

    def changes(self, root: str, live: dict, levels: int = DEEP):
        """Of each field: that it is taken away, where it is there, and each value that it may have."""
        for path in self._paths(self.named[root], (), levels, set()):
            if at(live, path) is not None:
                yield Change(path, None)
            for value in self._values(self._at(self.named[root], path)):
                yield Change(path, value)

    def changed(self, root: str, live: dict, change: Change) -> dict:
        """A copy of the live object with that one change; what must stand around it is added."""
        whole = copy.deepcopy(live)
        here, schema, is_union = whole, self.named[root], False
        for step, following in zip(change.path[:-1], change.path[1:]):
            schema = self._at(schema, (step,))
            fresh = [] if following == 0 else self._least(schema)
            if isinstance(here, dict):
                here = here.setdefault(step, fresh)
                is_union = step in UNIONS and change.value is not None
            else:
                here[:] = [fresh] + here if is_union or not here else here
                here = here[0]
        if change.value is None:
            del here[change.path[-1]]
        else:
            here[change.path[-1]] = change.value
        return whole

    def _open(self, schema: dict) -> tuple:
        """Its name, empty for one that has none, and what it says."""
        reference = schema.get("$ref") or next((one["$ref"] for one in schema.get("allOf", []) if "$ref" in one), "")
        name = reference.rpartition("/")[2]
        return name, self.named[name] if name else schema

    def _paths(self, schema: dict, path: tuple, levels: int, seen: set):
        name, schema = self._open(schema)
        element, _ = self._open(schema.get("items", {}))
        if (name or element) in seen:
            yield path
            return
        if len(path) > MANY and name:
            seen.add(name)
        if "properties" in schema and levels > 0:
            for field, inner in schema["properties"].items():
                yield from self._paths(inner, path + (field,), levels - 1, seen)
        elif element and "properties" in self.named[element] and levels > 0:
            yield from self._paths(schema["items"], path + (0,), levels, seen)
        elif "additionalProperties" in schema:
            yield path + (KEY,)
        else:
            yield path

    def _at(self, schema: dict, path: tuple) -> dict:
        for step in path:
            schema = self._open(schema)[1]
            schema = schema["items"] if step == 0 else schema.get("properties", {}).get(step) or schema["additionalProperties"]
        return schema

    def _values(self, schema: dict) -> list:
        schema = self._open(schema)[1]
        if "enum" in schema:
            return schema["enum"][:len(TEXTS)]
        kind = schema.get("type") or ("string" if "oneOf" in schema else "object")
        if kind == "array":
            return [[value] for value in self._values(schema["items"])]
        return PLAIN[kind] if kind in PLAIN else [self._least(schema)]

    def _least(self, schema: dict) -> dict:
        """As little as the schema asks for; and an image, which only some containers need."""
        schema = self._open(schema)[1]
        fields = schema.get("properties", {})
        needed = schema.get("required", []) + ["image"] * (fields.get("image", {}).get("type") == "string")
        return {field: self._values(fields[field])[0] for field in needed}
