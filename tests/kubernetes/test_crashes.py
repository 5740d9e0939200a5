"""kill -9 of the control plane, and of the API server under it, at any time of a change on a real Kubernetes."""
import pytest

from support import crashes


@pytest.mark.parametrize("point", crashes.POINTS)
def test_a_change_whose_process_dies_at(mortal, point):
    crashes.check_death_at(mortal, point)


@pytest.mark.parametrize("point", crashes.OPEN_POINTS)
def test_another_writer_comes_after_a_death_at(mortal, point):
    crashes.check_another_writer_after_death_at(mortal, point)


def test_a_write_whose_answer_is_lost_is_made_once(mortal):
    crashes.check_a_lost_answer(mortal)


def test_a_lost_answer_is_found_where_nobody_owned_the_replicas(mortal):
    """A plain patch through /scale records no owner once somebody has scaled to 0; the outcome was `unknown`."""
    mortal.set_replicas("web", 0)
    mortal.set_replicas("web", 3)
    crashes.check_a_lost_answer(mortal)


def test_the_api_server_dies_before_the_write(mortal, cluster):
    """The gate plays the load balancer: it lets nobody in before the API server is ready."""
    def kill():
        mortal.gate.shut()
        cluster.kill_api_server()

    def start_again():
        cluster.start_api_server()
        mortal.gate.open()
    crashes.check_the_cluster_dies_at(mortal, "sending", kill, start_again)


def test_the_api_server_dies_after_the_write(mortal, cluster):
    """Without a load balancer: an API server that has just started denies everything for a moment."""
    crashes.check_the_cluster_dies_at(mortal, "written", cluster.kill_api_server, cluster.start_api_server)
    crashes.check_the_cluster_is_seen_again(mortal)
