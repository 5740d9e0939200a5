"""Clients that take too long are given up within the limits of http::Limits, and nobody waits for them."""
from support.doors import check_both_serve

LATE_S = 20  # that a busy machine may add


def test_slow_clients_are_given_up_in_time(played, doors, slow_clients):
    for limit, client in slow_clients:
        client.join(limit + LATE_S)
        assert not client.is_alive(), f"{client.name} still waits"
        status = client.answer[0] if client.answer else None
        if status == 413:
            assert "undo" in client.name, "a route without a body says so at once"
            continue
        assert status == (None if "handshake" in client.name else 408), client.name
        assert limit - 1 < client.took < limit + LATE_S, client.name
    check_both_serve(played, doors)
