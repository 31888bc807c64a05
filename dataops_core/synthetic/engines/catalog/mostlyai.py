"""TabularARGN."""

from dataops_core.synthetic.engines.engine import Engine, offer

offer(
    Engine(
        "mostlyai",
        "TabularARGN",
        "_mostlyai",
        "mostlyai.engine",
        "Apache-2.0",
        "the best of each column and of connections, from some thousand rows on; no SDV",
        "optional; slow to start; small tables",
        True,
        7.0,
        0.1,
        0.01,
        installs="mostlyai-engine",
        place=70,
    )
)
