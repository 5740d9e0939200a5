"""Prints the CMake commands for the rooms and programs of one part, read from its floors.toml.

Usage: floors.py PART_FOLDER. The format is explained at the top of foundation/floors.toml.
"""
import pathlib
import sys
import tomllib


def target(room: str) -> str:
    return room.replace("/", "_").replace("-", "_")


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    floors = tomllib.loads((folder / "floors.toml").read_text())
    for room, row in floors["rooms"].items():
        directory = folder.parent / room
        uses = " ".join(target(used) for used in row.get("uses", []))
        libraries = " ".join(row.get("libraries", []))
        print(f'hks_room({target(room)} "{directory}" USES {uses} LIBRARIES {libraries})')
    for name, row in floors.get("programs", {}).items():
        rooms = " ".join(target(used) for used in row["uses"])
        print(f'if(EXISTS "{folder.parent / row["main"]}")')
        print(f'  hks_program({name} "{folder.parent / row["main"]}" {rooms} {" ".join(row.get("libraries", []))})')
        print("endif()")


main()
