"""Whether what a finding cites stands in the files that were read: looked up in the raw text, by none of the engine's code.

A cited value must stand, as a word of its own, in what was printed of the object that it is cited of. What an importer may have
rewritten is compared by what it means: times, spaces, defaults of variables. Of a composed value every part must be there. A time
that a text tells by its age only ("2min 5s ago") is counted back from when the bundle was taken.
"""
import datetime
import json
import re

SPACE = re.compile(r"\s+")
KUBECTL_TIME = re.compile(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
API_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
DEFAULT = re.compile(r"\$\{[\w.]+:-?([^{}]*)\}")
AGE = re.compile(r"((?:\d+(?:\.\d+)?\s?(?:months?|weeks?|days?|min|ms|[dhms])\s?)+) ago")
SPAN = re.compile(r"(\d+)(?:\.\d+)?\s?(\w+)")
SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "day": 86400, "days": 86400, "week": 604800, "weeks": 604800}
LAG_S = 2  # between a tool's clock and the time of the whole bundle
END = "\0"  # where a quotation was cut
CUT = re.compile(r"\s*(?:…|\.\.\.)\s*$")  # a long quotation is cut at its end


def plain(text: str) -> str:
    return SPACE.sub(" ", text).strip().lower()


def utc(time: datetime.datetime) -> str:
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ").lower()


def in_one_form(text: str) -> str:
    """Spaces, times as the API writes them, and of "${HOST:db}" what it means where nobody sets HOST."""
    text = DEFAULT.sub(r"\1", text)
    text = KUBECTL_TIME.sub(lambda found: utc(datetime.datetime.strptime(found[0], "%a, %d %b %Y %H:%M:%S %z")), text)
    return plain(API_TIME.sub(lambda found: utc(datetime.datetime.fromisoformat(found[0])), text))


def leaves(value: object):
    """The values at the ends; kubectl names few of the members that lead there."""
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    elif value is not None:
        yield json.dumps(value) if isinstance(value, bool) else str(value)


def parts_of(evidence: dict) -> list:
    """What must be found: each value of a composed one, the reason and the message of an event, else the text itself."""
    text = CUT.sub(END, evidence["text"])
    if evidence["kind"] == "event":
        return [in_one_form(part) for part in text.split(": ", 1)]
    if evidence["kind"] != "log" and text[:1] in ("{", "["):
        try:
            return [in_one_form(part) for part in leaves(json.loads(text))]
        except ValueError:
            pass
    return [in_one_form(text)]


def stands_in(part: str, text: str) -> bool:
    """As a word: "80" does not stand in "8080", but "5" in "delay=5s". Where a quotation was cut, anything may follow."""
    wanted = part.rstrip(END)
    before = r"(?<!\w)" if wanted[:1].isalnum() else ""
    after = "" if part.endswith(END) or not wanted[-1:].isalnum() else r"(?!\w)"
    return re.search(before + re.escape(wanted) + ("s?" if wanted.isdigit() else "") + after, text) is not None


def subjects_of(reference: str) -> list:
    """Names that a text must hold to speak of what is cited: the object's of "Kind/namespace/name path", the pod of a log, what
    an event is about ("Event namespace/web-1.17a2"), a node and its service ("NodeService/worker-1.kubelet path"), what a
    manifest is of ("Manifest/Service.web path")."""
    kind, _, rest = reference.partition(" ")
    if kind == "log":
        return [rest.split()[0].split("/")[-2]]
    if kind == "Event":
        return [rest.rsplit("/", 1)[-1].rpartition(".")[0]]
    kind, _, name = kind.partition("/")
    if kind == "NodeService":
        return name.split(".", 1)
    name = name.rsplit("/", 1)[-1]
    return [name.partition(".")[2]] if kind == "Manifest" else [name]


def ages_in(text: str):
    for found in AGE.finditer(text):
        yield sum(int(count) * SECONDS.get(unit, 0) for count, unit in SPAN.findall(found[1]))


class Files:
    """The texts of a bundle, each in one form. A file's name tells of what it is."""

    def __init__(self, texts: dict, at: str):
        self.texts = [(path.lower(), text) for path, texts_there in texts.items() for text in texts_there]
        self.at = datetime.datetime.fromisoformat(at)
        self.forms: dict = {}  # number: the text in one form

    def naming(self, subjects: list):
        """The texts that speak of these, in one form."""
        for number, (path, text) in enumerate(self.texts):
            if all(subject in path or subject in text for subject in subjects):
                if number not in self.forms:
                    self.forms[number] = in_one_form(text)
                yield self.forms[number]

    def is_age_in(self, part: str, text: str) -> bool:
        if not API_TIME.fullmatch(part.upper()):
            return False
        age = (self.at - datetime.datetime.fromisoformat(part.upper())).total_seconds()
        return any(abs(age - told) <= LAG_S for told in ages_in(text))

    def holds(self, evidence: dict) -> bool:
        parts = parts_of(evidence)
        return any(all(stands_in(part, there) or self.is_age_in(part, there) for part in parts)
                   for there in self.naming(subjects_of(evidence["ref"])))
