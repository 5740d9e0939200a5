"""What is old goes by itself."""
from support.people import only
from support.stage import Stage, eventually

OLD_MS = 31 * 24 * 3600 * 1000


def test_old_turns_go_when_the_control_plane_starts(tmp_path):
    """They were kept for ever."""
    with Stage(tmp_path) as stage:
        erin = stage.start_whole().person("erin")
        old, young = (only(erin.say("what is wrong?"), "turn")["turn_id"] for _ in range(2))
        stage.database("UPDATE turns SET opened_at = opened_at - ? WHERE id = ?", OLD_MS, old)
    with Stage(tmp_path) as again:
        again.start_whole()
        eventually(lambda: again.database("SELECT id FROM turns") == [(young,)])
