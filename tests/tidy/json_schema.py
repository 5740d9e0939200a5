"""Validates by the part of JSON Schema 2020-12 that our contracts use. A keyword that it does not know is an error,
never silently passed over."""
import re

ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
}


class Documents:
    """Schemas by file name; references are `FILE#/pointer`, `#/pointer` or `FILE`."""

    def __init__(self, documents: dict[str, object]):
        self.documents = documents

    def resolve(self, base: str, reference: str) -> tuple[str, object]:
        """The document that it is in, and the schema; KeyError when there is none."""
        name, _, pointer = reference.partition("#")
        name = name or base
        node = self.documents[name]
        for step in pointer.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            node = node[int(step)] if isinstance(node, list) else node[step]
        return name, node


def same(a, b) -> bool:
    return type(a) is type(b) and a == b


class Validator:
    def __init__(self, documents: Documents):
        self.documents = documents

    def errors(self, base: str, schema, value, path: str = "") -> list[str]:
        """`base`: the document that the schema stands in."""
        if isinstance(schema, bool):
            return [] if schema else [f"{path or 'value'}: is not allowed"]
        found = []
        for keyword, argument in schema.items():
            if keyword in ANNOTATIONS or keyword.startswith("x-") and keyword != "x-max-bytes":
                continue
            check = getattr(self, "_" + keyword.replace("$", "").replace("-", "_"), None)
            if check is None:
                found.append(f"{path or 'value'}: the schema's {keyword} is not known here")
            else:
                found += check(_Place(base, schema, path), argument, value)
        return found

    def _ref(self, place, reference, value):
        base, schema = self.documents.resolve(place.base, reference)
        return self.errors(base, schema, value, place.path)

    def _type(self, place, names, value):
        names = [names] if isinstance(names, str) else names
        return place.unless(any(TYPES[name](value) for name in names), f"is not {' or '.join(names)}")

    def _const(self, place, expected, value):
        return place.unless(same(expected, value), f"is not {expected!r}")

    def _enum(self, place, values, value):
        return place.unless(any(same(v, value) for v in values), f"{value!r} is not one of {values}")

    def _required(self, place, names, value):
        missing = [name for name in names if isinstance(value, dict) and name not in value]
        return [f"{place.path or 'value'}: lacks {name}" for name in missing]

    def _properties(self, place, properties, value):
        found = []
        for name, schema in properties.items():
            if isinstance(value, dict) and name in value:
                found += self.errors(place.base, schema, value[name], f"{place.path}.{name}".lstrip("."))
        return found

    def _additionalProperties(self, place, schema, value):
        found = []
        for name in value if isinstance(value, dict) else ():
            if name not in place.schema.get("properties", {}):
                found += self.errors(place.base, schema, value[name], f"{place.path}.{name}".lstrip("."))
        return found

    def _items(self, place, schema, value):
        found = []
        for i, item in enumerate(value if isinstance(value, list) else ()):
            found += self.errors(place.base, schema, item, f"{place.path}[{i}]")
        return found

    def _minItems(self, place, least, value):
        return place.unless(not isinstance(value, list) or len(value) >= least, f"has fewer than {least} items")

    def _minProperties(self, place, least, value):
        return place.unless(not isinstance(value, dict) or len(value) >= least, f"has fewer than {least} members")

    def _maxItems(self, place, most, value):
        return place.unless(not isinstance(value, list) or len(value) <= most, f"has more than {most} items")

    def _uniqueItems(self, place, wanted, value):
        once = not isinstance(value, list) or all(not same(a, b) for i, a in enumerate(value) for b in value[:i])
        return place.unless(once or not wanted, "has an item twice")

    def _minLength(self, place, least, value):
        return place.unless(not isinstance(value, str) or len(value) >= least, f"is shorter than {least}")

    def _maxLength(self, place, most, value):
        return place.unless(not isinstance(value, str) or len(value) <= most, f"is longer than {most}")

    def _x_max_bytes(self, place, most, value):
        return place.unless(not isinstance(value, str) or len(value.encode()) <= most, f"is over {most} bytes")

    def _pattern(self, place, pattern, value):
        if pattern.endswith("$"):
            pattern = pattern[:-1] + r"\Z"  # Python's $ would let a line feed follow
        return place.unless(not isinstance(value, str) or re.search(pattern, value), f"{value!r} is not {pattern}")

    def _minimum(self, place, least, value):
        return place.unless(not TYPES["number"](value) or value >= least, f"is under {least}")

    def _maximum(self, place, most, value):
        return place.unless(not TYPES["number"](value) or value <= most, f"is over {most}")

    def _allOf(self, place, schemas, value):
        return [error for schema in schemas for error in self.errors(place.base, schema, value, place.path)]

    def _anyOf(self, place, schemas, value):
        tried = [self.errors(place.base, schema, value, place.path) for schema in schemas]
        return [] if any(not errors for errors in tried) else min(tried, key=len)

    def _oneOf(self, place, schemas, value):
        named = [schema for schema in schemas if self._event_of(place.base, schema) == _event(value) is not None]
        if named:  # the event's name decides, so that the errors are those of one branch
            return self._allOf(place, named, value)
        tried = [self.errors(place.base, schema, value, place.path) for schema in schemas]
        fitting = sum(not errors for errors in tried)
        if fitting == 0 and _event(value) is None:
            return min(tried, key=len)
        return place.unless(fitting == 1, f"fits {fitting} of the alternatives, not one")

    def _event_of(self, base, schema):
        if isinstance(schema, dict) and "$ref" in schema:
            base, schema = self.documents.resolve(base, schema["$ref"])
        return schema.get("properties", {}).get("event", {}).get("const") if isinstance(schema, dict) else None

    def _if(self, place, condition, value):
        branch = "else" if self.errors(place.base, condition, value) else "then"
        return self.errors(place.base, place.schema.get(branch, True), value, place.path)

    def _then(self, place, schema, value):
        return []  # read by _if

    _else = _then


def _event(value):
    return value.get("event") if isinstance(value, dict) else None


class _Place:
    def __init__(self, base: str, schema: dict, path: str):
        self.base, self.schema, self.path = base, schema, path

    def unless(self, good, what: str) -> list[str]:
        return [] if good else [f"{self.path or 'value'}: {what}"]
