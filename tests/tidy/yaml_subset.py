"""Reads the YAML that our contracts are written in: block and flow maps and lists, plain and quoted scalars, folded
text. Anything else (anchors, tags, tabs, several documents, a key twice) is an error with its line."""
import json
import re


class YamlError(ValueError):
    pass


def load(text: str):
    return _Reader(text).document()


PLAIN = {"null": None, "~": None, "": None, "true": True, "false": False}
KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'\[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?):(?:\s+|$)""")


class _Reader:
    def __init__(self, text: str):
        self.lines = text.split("\n")
        self.at = 0

    def error(self, what: str) -> YamlError:
        return YamlError(f"line {self.at + 1}: {what}")

    def document(self):
        value = self.block(0)
        self.skip_empty()
        if self.at < len(self.lines):
            raise self.error("unexpected text")
        return value

    def skip_empty(self) -> None:
        while self.at < len(self.lines) and re.fullmatch(r"\s*(#.*)?", self.lines[self.at]):
            self.at += 1

    def indent(self) -> int:
        """Of the next line with content; -1 at the end."""
        self.skip_empty()
        if self.at == len(self.lines):
            return -1
        line = self.lines[self.at]
        if "\t" in line[:len(line) - len(line.lstrip())]:
            raise self.error("tab")
        return len(line) - len(line.lstrip(" "))

    def block(self, least: int):
        """The value that begins on the next line, indented by at least `least`."""
        indent = self.indent()
        if indent < least:
            return None
        rest = self.lines[self.at][indent:]
        if rest == "-" or rest.startswith("- "):
            return self.sequence(indent)
        if KEY.match(rest):
            return self.mapping(indent)
        return self.inline(rest, indent)

    def sequence(self, indent: int) -> list:
        items = []
        while self.indent() == indent and re.match(r"-(\s|$)", self.lines[self.at][indent:]):
            rest = self.lines[self.at][indent + 1:]
            if not rest.strip():
                self.at += 1
                items.append(self.block(indent + 1))
            else:  # the dash counts as indentation: what follows is a block of its own
                self.lines[self.at] = " " * (indent + 1) + rest
                items.append(self.block(indent + 1))
        return items

    def mapping(self, indent: int) -> dict:
        found: dict = {}
        while self.indent() == indent:
            line = self.lines[self.at][indent:]
            m = KEY.match(line)
            if not m:
                raise self.error("expected `key: value`")
            key = self.scalar(m[1]) if m[1][0] in "\"'" else m[1]
            if key in found:
                raise self.error(f"{key} twice")
            rest = line[m.end():]
            if not rest or rest.startswith("#"):
                self.at += 1
                found[key] = self.below(indent)
            else:
                found[key] = self.inline(rest, indent)
        if self.indent() > indent:
            raise self.error("indented too far")
        return found

    def below(self, indent: int):
        """The block under a key; a list may stand at the key's own indentation."""
        following = self.indent()
        if following == indent and re.match(r"-(\s|$)", self.lines[self.at][indent:]):
            return self.sequence(indent)
        return self.block(indent + 1)

    def inline(self, rest: str, indent: int):
        """A value on this line: folded text, a flow collection (which may go on), or a scalar."""
        if rest.strip() in (">-", "|"):
            return self.text_block(indent, " " if rest.strip() == ">-" else "\n")
        if rest[0] not in "[{":
            value = self.scalar(self.uncommented(rest))
            self.at += 1
            return value
        text = self.uncommented(rest)
        self.at += 1
        while not self.balanced(text):
            if self.indent() <= indent:
                raise self.error("unclosed [ or {")
            text += " " + self.uncommented(self.lines[self.at].strip())
            self.at += 1
        return _Flow(text, self).whole()

    def text_block(self, indent: int, glue: str) -> str:
        self.at += 1
        lines = []
        while self.at < len(self.lines) and self.indent() > indent:
            lines.append(self.lines[self.at].strip())
            self.at += 1
        return glue.join(lines) + ("\n" if glue == "\n" else "")

    @staticmethod
    def uncommented(text: str) -> str:
        quoted = re.match(r"""((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'#]|(?<=\S)#|(?<=\w)')*?)(?:(?:^|\s)#.*)?$""", text)
        return (quoted[1] if quoted else text).rstrip()

    @staticmethod
    def balanced(text: str) -> bool:
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
        return len(re.findall(r"[\[{]", bare)) == len(re.findall(r"[\]}]", bare))

    def scalar(self, text: str):
        text = text.strip()
        if text in PLAIN:
            return PLAIN[text]
        if text[0] == '"':
            return json.loads(text)
        if text[0] == "'":
            return text[1:-1].replace("''", "'")
        if text[0] in "&*!|>%@`":
            raise self.error(f"not in this subset: {text}")
        if ": " in text:
            raise self.error(f"quote this, it has a colon: {text}")
        if re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
            return int(text)
        return float(text) if re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else text


class _Flow:
    """A flow collection, already on one line."""

    TOKEN = re.compile(r"""\s*(?:([\[\]{},])|("(?:[^"\\]|\\.)*"|'[^']*')|([^\[\]{},"':\s](?:[^\[\]{},:]|:(?=\S))*)|(:))""")

    def __init__(self, text: str, reader: _Reader):
        self.reader = reader
        self.tokens = []
        at = 0
        while at < len(text):
            m = self.TOKEN.match(text, at)
            if not m:
                raise reader.error(f"cannot read: {text[at:]}")
            self.tokens.append(m.group().strip())
            at = m.end()

    def whole(self):
        value = self.value()
        if self.tokens:
            raise self.reader.error(f"after the value: {self.tokens[0]}")
        return value

    def take(self, expected: str | None = None) -> str:
        token = self.tokens.pop(0) if self.tokens else ""
        if expected is not None and token != expected:
            raise self.reader.error(f"expected {expected}, not {token}")
        return token

    def value(self):
        token = self.take()
        if token == "[":
            return self.items("]", self.value)
        if token == "{":
            return dict(self.items("}", self.pair))
        if token in ("]", "}", ",", ":", ""):
            raise self.reader.error("a value is missing")
        return self.reader.scalar(token)

    def pair(self) -> tuple:
        key = self.reader.scalar(self.take())
        self.take(":")
        return key, self.value()

    def items(self, end: str, item) -> list:
        found = []
        while self.tokens and self.tokens[0] != end:
            found.append(item())
            if self.tokens and self.tokens[0] == ",":
                self.take()
        self.take(end)
        return found
