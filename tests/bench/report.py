"""What a benchmark prints: what was measured beside what is wanted."""
import dataclasses


@dataclasses.dataclass
class Row:
    what: str
    measured: str
    wanted: str = ""


def mib(size: float) -> str:
    return f"{size / 2**20:.1f} MiB"


def show(heading: str, rows: list) -> None:
    width = max(len(row.what) for row in rows)
    print(f"{heading:{width}}  measured [wanted]")
    for row in rows:
        print(f"{row.what:{width}}  {row.measured}" + (f"  [{row.wanted}]" if row.wanted else ""))
