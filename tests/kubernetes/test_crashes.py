"""kill -9 of the control plane, and of the API server under it, at any time of a change on a real Kubernetes."""
import pytest

from support import crashes


@pytest.mark.parametrize("point", crashes.POINTS)
def test_a_change_whose_process_dies_at(mortal, point):
    crashes.check_death_at(mortal, point)


@pytest.mark.parametrize("point", crashes.OPEN_POINTS)
def test_another_writer_comes_after_a_death_at(mortal, point):
    crashes.check_another_writer_after_death_at(mortal, point)


@pytest.mark.parametrize("point", ["decided", "written"])
def test_an_approval_whose_process_dies_at(mortal, point):
    crashes.check_death_in_an_approval_at(mortal, point)


@pytest.mark.parametrize("point", ["decided", "sending", "written"])
def test_an_undo_whose_process_dies_at(mortal, point):
    crashes.check_death_in_an_undo_at(mortal, point)


def test_every_recovery_dies_a_step_later(mortal):
    crashes.check_every_recovery_dies_a_step_later(mortal)


def test_the_advisor_dies_while_its_change_is_written(mortal):
    crashes.check_the_advisor_dies_while_its_change_is_written(mortal)


def test_a_write_whose_answer_is_lost_is_made_once(mortal):
    crashes.check_a_lost_answer(mortal)


def test_a_lost_answer_is_found_where_nobody_owned_the_replicas(mortal):
    """A plain patch through /scale records no owner once somebody has scaled to 0; the outcome was `unknown`."""
    mortal.set_replicas("web", 0)
    mortal.set_replicas("web", 3)
    crashes.check_a_lost_answer(mortal)


@pytest.fixture
def api_server(mortal, cluster):
    """Two functions that kill it and start it again. The gate plays the load balancer: it lets nobody in before it is ready."""
    def kill():
        mortal.gate.shut()
        cluster.kill_api_server()

    def start_again():
        cluster.start_api_server()
        mortal.gate.open()
    return kill, start_again


@pytest.mark.parametrize("point", ["decided", "sending"])
def test_the_api_server_dies_between_the_dry_run_and_the_write(mortal, api_server, point):
    """Before the intent, and after it."""
    crashes.check_the_cluster_dies_at(mortal, point, *api_server)


def test_the_api_server_dies_with_the_control_plane(mortal, api_server):
    crashes.check_everything_dies_at(mortal, "sending", *api_server)


def test_the_api_server_dies_after_the_write(mortal, cluster):
    """Without a load balancer: an API server that has just started denies everything for a moment."""
    crashes.check_the_cluster_dies_at(mortal, "written", cluster.kill_api_server, cluster.start_api_server)
    crashes.check_the_cluster_is_seen_again(mortal)
