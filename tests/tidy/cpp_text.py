"""Reads clang-formatted C++ by its text: comments and literals blanked, includes, functions, lambdas.

Not a parser: it relies on the layout that clang-format gives (the rule `format` keeps that true). Blanking keeps every
offset and line, so what is found can be reported exactly.
"""
import dataclasses
import re

TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
      | (?P<literal>R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)" | "(?:[^"\\\n]|\\.)*" | (?<![0-9A-Za-z_])'(?:[^'\\\n]|\\.)+')""",
    re.DOTALL | re.VERBOSE)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"(?P<own>[^"\n]+)"|<(?P<foreign>[^>\n]+)>)', re.MULTILINE)


def blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def without_comments(text: str) -> str:
    return TOKEN.sub(lambda m: blank(m.group()) if m["comment"] else m.group(), text)


def code(text: str) -> str:
    """Without comments, contents of literals and preprocessor lines."""
    def shown(m: re.Match) -> str:
        return blank(m.group()) if m["comment"] else '"' + blank(m.group()[1:-1]) + '"'
    return DIRECTIVE.sub(lambda m: blank(m.group()), TOKEN.sub(shown, text))


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


@dataclasses.dataclass(frozen=True)
class Include:
    line: int
    path: str
    own: bool  # "quoted"


def includes(text: str) -> list[Include]:
    bare = without_comments(text)
    return [Include(line_of(bare, m.start()), m["own"] or m["foreign"], bool(m["own"])) for m in INCLUDE.finditer(bare)]


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int  # of its head
    lines: int  # head to closing brace


def functions(text: str) -> list[Function]:
    """Functions with a body at namespace or class level; what stands inside a body belongs to it."""
    source = code(text)
    found: list[Function] = []
    scopes: list[tuple[str, int, str]] = []  # kind, offset of the head, head
    head_from = parens = 0
    for m in re.finditer(r"[{}();]", source):
        sign, at = m.group(), m.start()
        if sign in "()":
            parens += 1 if sign == "(" else -1
        elif sign == ";" and parens == 0:
            head_from = at + 1
        elif sign == "{":
            head = re.sub(r"^\s*(?:(?:public|private|protected):\s*)+", "", source[head_from:at])
            start = at - len(head.lstrip())
            kind = _scope_kind(head, scopes[-1][0] if scopes else "namespace", parens)
            scopes.append((kind, start, head.strip()))
            if kind != "value":
                head_from = at + 1
        elif sign == "}" and scopes:
            kind, start, head = scopes.pop()
            if kind == "function":
                line = line_of(source, start)
                found.append(Function(_name_of(head), line, line_of(source, at) - line + 1))
            if kind != "value":
                head_from = at + 1
    return found


def _scope_kind(head: str, outer: str, parens: int) -> str:
    """namespace | type | function | block (inside a function) | value (braces of an initializer)."""
    if outer in ("function", "block"):
        return "block"
    if outer == "value" or parens > 0 or not head or not head[-1].isspace() or head.rstrip().endswith("="):
        return "value"
    head = _without_template(head.strip())
    if re.match(r"(?:inline\s+)?namespace\b|extern\s+\"", head):
        return "namespace"
    if re.match(r"(?:typedef\s+)?(?:class|struct|union|enum)\b", head):
        return "type"
    return "function" if "(" in head else "value"


def _without_template(head: str) -> str:
    while re.match(r"template\s*<", head):
        depth = 0
        for i, c in enumerate(head):
            depth += (c == "<") - (c == ">")
            if c == ">" and depth == 0:
                head = head[i + 1:].lstrip()
                break
        else:
            return head
    return head


def _name_of(head: str) -> str:
    head = " ".join(_without_template(head).split())
    if m := re.match(r"(?:TYPED_)?TEST(?:_[FP])?\(([^)]*)\)", head):
        return m.group()
    m = re.search(r"(operator\s*[^\s\w]+|operator [\w:]+|[~\w:]*\w)\s*\(", head)
    return m.group(1) if m else head[:40]


@dataclasses.dataclass(frozen=True)
class Lambda:
    line: int
    captures: str
    body: str  # without the bodies of lambdas inside it
    invoked: bool  # at once: }( follows


LAMBDA = re.compile(r"(?<![\w\])\[])\s*\[(?P<captures>[^\[\]]*)\](?=\s*(?:[<({]|->|mutable\b|noexcept\b))")


def lambdas(text: str) -> list[Lambda]:
    source = code(text)
    spans = []
    for m in LAMBDA.finditer(source):
        if re.search(r"\b(?:operator|delete)\s*$", source[:m.start()]):
            continue
        opening = _body_of_lambda(source, m.end())
        if opening is not None:
            spans.append((m, opening, closing(source, opening)))
    found = []
    for m, opening, end in spans:
        body = source[opening:end]
        for _, inner, inner_end in spans:
            if opening < inner < end:
                body = body[:inner - opening] + blank(body[inner - opening:inner_end - opening]) + body[inner_end - opening:]
        invoked = source[end + 1:].lstrip().startswith("(")
        found.append(Lambda(line_of(source, source.index("[", m.start())), m["captures"].strip(), body, invoked))
    return found


def _body_of_lambda(source: str, at: int) -> int | None:
    """The offset of the body's brace after the captures; None when no body follows before a statement ends."""
    depth = 0
    for i in range(at, len(source)):
        c = source[i]
        if c in "(<" or c in ")>" and source[i - 1] != "-":
            depth += 1 if c in "(<" else -1
        if depth == 0 and c == "{":
            return i
        if depth < 0 or c == ";" and depth == 0:
            return None
    return None


def closing(source: str, opening: int) -> int:
    """The offset of the brace that closes the one at `opening`; the text's end when none does."""
    depth = 0
    for m in re.finditer(r"[{}]", source[opening:]):
        depth += 1 if m.group() == "{" else -1
        if depth == 0:
            return opening + m.start()
    return len(source)
