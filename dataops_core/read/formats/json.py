"""JSON and JSON Lines."""

from dataops_core.read.format import Format, register
from dataops_core.read.json.json_table import read_json_frame

register(
    Format("json", "JSON", read_json_frame, (".json",), place=40),
    Format("jsonl", "JSON Lines", read_json_frame, (".jsonl", ".ndjson"), place=50),
)
