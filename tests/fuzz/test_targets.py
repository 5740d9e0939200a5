"""The corpus of every fuzz target, and the same few thousand variations of it at every run; tests/fuzz/run goes on from there."""
import fuzzing
import pytest

CORPORA = sorted(folder.name for folder in (fuzzing.HERE / "corpus").iterdir())


def test_every_target_has_a_corpus_and_every_corpus_a_target():
    assert CORPORA == sorted(fuzzing.targets("dev"))
    sizes = {name: [file.stat().st_size for file in (fuzzing.HERE / "corpus" / name).iterdir()] for name in CORPORA}
    for name, files in sizes.items():
        assert 0 < len(files) <= fuzzing.CORPUS_FILES and sum(files) <= fuzzing.CORPUS_BYTES, name


@pytest.mark.parametrize("target", CORPORA)
def test_no_bytes_break_a_law_of(target):
    fuzzing.short(target)
