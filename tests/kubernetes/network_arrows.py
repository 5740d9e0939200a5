"""Who may speak to whom under given NetworkPolicies, as Kubernetes defines it: an arrow needs the egress of its start
and the ingress of its end; whoever no policy selects for a direction is free in it. Pure."""
import dataclasses
import ipaddress
import itertools


@dataclasses.dataclass(frozen=True)
class Place:
    """A pod, or (without a namespace) an address outside of the cluster."""
    name: str
    namespace: str = ""
    labels: tuple = ()             # of the pod, (key, value) each
    namespace_labels: tuple = ()
    address: str = "10.64.0.1"

    def __str__(self) -> str:
        return self.name


def pod(name: str, namespace: str, labels: dict, namespace_labels: dict = {}) -> Place:
    everywhere = {"kubernetes.io/metadata.name": namespace, **namespace_labels}
    return Place(name, namespace, tuple(labels.items()), tuple(everywhere.items()))


def outside(name: str, address: str) -> Place:
    return Place(name, address=address)


def known(part: dict, keys: set) -> None:
    assert set(part) <= keys, f"this evaluator does not know {set(part) - keys}"


def selects(selector: dict, labels: tuple) -> bool:
    known(selector, {"matchLabels"})
    return set(selector.get("matchLabels", {}).items()) <= set(labels)


def is_peer(peer: dict, place: Place, namespace: str) -> bool:
    """`namespace`: of the policy."""
    known(peer, {"podSelector", "namespaceSelector", "ipBlock"})
    if "ipBlock" in peer:
        known(peer["ipBlock"], {"cidr"})
        return not place.namespace and ipaddress.ip_address(place.address) in ipaddress.ip_network(peer["ipBlock"]["cidr"])
    if not place.namespace:
        return False
    if "namespaceSelector" in peer:
        in_namespace = selects(peer["namespaceSelector"], place.namespace_labels)
    else:
        in_namespace = place.namespace == namespace
    return in_namespace and selects(peer.get("podSelector", {}), place.labels)


def lets_through(rule: dict, peers_key: str, other: Place, port: tuple, namespace: str) -> bool:
    known(rule, {peers_key, "ports"})
    peers, ports = rule.get(peers_key, []), rule.get("ports", [])
    return ((not peers or any(is_peer(peer, other, namespace) for peer in peers)) and
            (not ports or any((one.get("protocol", "TCP"), one["port"]) == port for one in ports)))


DIRECTIONS = {"Ingress": ("ingress", "from"), "Egress": ("egress", "to")}


def free(policies: list, direction: str, here: Place, other: Place, port: tuple) -> bool:
    """Whether `here` may be spoken to (Ingress) or speak (Egress)."""
    rules_key, peers_key = DIRECTIONS[direction]
    binding = [policy for policy in policies
               if policy["metadata"]["namespace"] == here.namespace and direction in policy["spec"]["policyTypes"]
               and selects(policy["spec"]["podSelector"], here.labels)]
    return not binding or any(lets_through(rule, peers_key, other, port, here.namespace)
                              for policy in binding for rule in policy["spec"].get(rules_key, []))


def arrows(policies: list, places: list, ports: list) -> set:
    """(start, end, "TCP 8080") of every arrow that may be."""
    for policy in policies:
        known(policy["spec"], {"podSelector", "policyTypes", "ingress", "egress"})
        for rules_key, _ in DIRECTIONS.values():
            stated = rules_key in policy["spec"]
            assert not stated or rules_key.capitalize() in policy["spec"]["policyTypes"], policy["metadata"]["name"]
    return {(str(start), str(end), f"{port[0]} {port[1]}")
            for start, end, port in itertools.product(places, places, ports)
            if start != end and free(policies, "Egress", start, end, port) and free(policies, "Ingress", end, start, port)}
