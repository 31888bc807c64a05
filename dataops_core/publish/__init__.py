"""Publish a version where other programs take it from: one publisher for each kind of place.

A publisher writes a version whole or not at all, and publishing the same version again changes nothing. It never writes
over what was not published from here. Passwords are named in an address as ${NAME}, as for reading (see read.places).
"""

from dataops_core.publish.places import REGISTRY
from dataops_core.publish.publisher import (
    Option,
    Outgoing,
    Published,
    Publisher,
    absolute_place,
    check_place,
    missing,
    publish,
    publisher_of,
    shown_place,
)
from dataops_core.publish.target import PLACES, places_of_environment

__all__ = [
    "PLACES",
    "REGISTRY",
    "Option",
    "Outgoing",
    "Published",
    "Publisher",
    "absolute_place",
    "check_place",
    "missing",
    "places_of_environment",
    "publish",
    "publisher_of",
    "shown_place",
]
