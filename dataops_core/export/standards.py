"""A version as other standards describe it: Croissant, Frictionless Data Package, W3C PROV and OpenLineage."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from dataops_core.export.lineage import lineage
from dataops_core.hashing import canonical, sha256
from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats import frictionless_schema
from dataops_core.rules.kinds.reference import Reference
from dataops_core.rules.rule import Rule

NAMES = ("croissant.json", "datapackage.json", "openlineage.json", "prov.json")
_CROISSANT = {
    "text": "sc:Text",
    "integer": "sc:Integer",
    "decimal": "sc:Float",
    "boolean": "sc:Boolean",
    "datetime": "sc:DateTime",
}
_TERMS = (  # of Croissant's own vocabulary, which a context must name
    *("citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet", "format"),
    *("includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references"),
    *("regex", "repeated", "replace", "separator", "source", "subField", "transform"),
)
_FACETS = "https://openlineage.io/spec/facets/1-1-1"
_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"


def standards(version: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]], raw: str | None) -> dict[str, Any]:
    """The documents by the names of their files. `files` has SHA-256 and size of data.csv and data.parquet, `raw` is
    where the raw file lies, None where it is left out.
    """
    made = sha256(canonical(dict(version)))
    return {
        "croissant.json": _croissant(version, files["data.parquet"]),
        "datapackage.json": _package(version, files["data.csv"]),
        "openlineage.json": _event(version, made),
        "prov.json": _prov(version, made, raw),
    }


def _croissant(version: Mapping[str, Any], parquet: Mapping[str, Any]) -> dict[str, Any]:
    """Croissant 1.0 (mlcommons.org): Parquet it is, for CSV cannot tell a missing cell from an empty text."""
    name = "data.parquet"
    return {
        "@context": {
            "@language": "en",
            "@vocab": "https://schema.org/",
            "cr": "http://mlcommons.org/croissant/",
            "dct": "http://purl.org/dc/terms/",
            "rai": "http://mlcommons.org/croissant/RAI/",
            "sc": "https://schema.org/",
            "conformsTo": "dct:conformsTo",
            "data": {"@id": "cr:data", "@type": "@json"},
            "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
            "examples": {"@id": "cr:examples", "@type": "@json"},
            **{term: f"cr:{term}" for term in _TERMS},
        },
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": version["dataset"],
        "description": version["message"],
        "version": f"{version['number']}.0.0",
        "datePublished": version["created"],
        "creator": {"@type": "sc:Person", "name": version["actor"]},
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "contentSize": f"{parquet['size']} B",
                "encodingFormat": "application/x-parquet",
                "sha256": parquet["sha256"],
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "rows",
                "name": "rows",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"rows/{number}",
                        "name": column["name"],
                        "dataType": _CROISSANT[column["type"]],
                        "source": {"fileObject": {"@id": name}, "extract": {"column": column["name"]}},
                    }
                    for number, column in enumerate(version["data"]["columns"], 1)
                ],
            }
        ],
    }


def _package(version: Mapping[str, Any], csv: Mapping[str, Any]) -> dict[str, Any]:
    """A Data Package (datapackage.org) with data.csv, whose schema has those rules of the version that fit into one."""
    told = (version.get("rules") or {}).get("rules", ())
    every = (Rule.from_json(each["rule"], "rules") for each in told)
    rules = tuple(rule for rule in every if not isinstance(rule, Reference))  # the other table is not in the package
    columns = {column["name"]: column["type"] for column in version["data"]["columns"]}
    schema = json.loads(frictionless_schema.write(RuleSet(rules, version["dataset"], columns)).text)
    return {
        "name": re.sub(r"[^a-z0-9._-]+", "-", version["dataset"].lower()).strip("-.") or "dataset",
        "title": version["dataset"],
        "description": version["message"],
        "version": f"{version['number']}.0.0",
        "created": version["created"],
        "resources": [
            {
                "name": "data",
                "type": "table",
                "path": "data.csv",
                "scheme": "file",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"csv": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True}},
                "bytes": csv["size"],
                "hash": f"sha256:{csv['sha256']}",
                "schema": schema,
            }
        ],
    }


def _prov(version: Mapping[str, Any], made: str, raw: str | None) -> dict[str, Any]:
    """W3C PROV (PROV-JSON): the table was made from the raw file by the recipe, by whom and when."""
    table, file = f"dataops:version-{made}", f"dataops:raw-{version['raw']['sha256']}"
    work, person = "dataops:recipe", "dataops:author"
    done = [step for step in version["steps"] if step["status"] == "done"]
    entities = {
        file: {
            "prov:label": version["raw"]["name"],
            **({"prov:location": raw} if raw else {}),
            "dataops:sha256": version["raw"]["sha256"],
        },
        table: {
            "prov:label": f"{version['dataset']}, version {version['number']}",
            "prov:location": "data.parquet",
            "dataops:contentHash": version["data"]["content_hash"],
            "dataops:message": version["message"],
        },
        **{f"dataops:version-{parent}": {} for parent in version["parents"]},
    }
    derived = {f"_:from{number}": each for number, each in enumerate(version["parents"], 1)}
    return {
        "prefix": {"dataops": "urn:dataops:"},
        "entity": entities,
        "activity": {
            work: {
                "prov:label": f"the recipe of {version['dataset']}",
                "dataops:steps": [f"{number}. {step['sentence']}" for number, step in enumerate(done, 1)],
                "dataops:program": f"dataops-core {version['packages'].get('dataops-core')}",
            }
        },
        "agent": {person: {"prov:type": "prov:Person", "prov:label": version["actor"]}},
        "used": {"_:used": {"prov:activity": work, "prov:entity": file}},
        "wasGeneratedBy": {
            "_:made": {"prov:entity": table, "prov:activity": work, "prov:time": version["created"]},
        },
        "wasAssociatedWith": {"_:by": {"prov:activity": work, "prov:agent": person}},
        "wasAttributedTo": {"_:of": {"prov:entity": table, "prov:agent": person}},
        "wasDerivedFrom": {
            "_:raw": {"prov:generatedEntity": table, "prov:usedEntity": file, "prov:activity": work},
            **{
                name: {"prov:generatedEntity": table, "prov:usedEntity": f"dataops:version-{parent}"}
                for name, parent in derived.items()
            },
        },
    }


def _event(version: Mapping[str, Any], made: str) -> dict[str, Any]:
    """An OpenLineage event (openlineage.io): the run that made the version, with the lineage of its columns."""
    producer = f"urn:dataops-core:{version['packages'].get('dataops-core')}"
    source = {"namespace": "dataops", "name": f"{version['dataset']}/raw"}

    def facet(name: str, kind: str) -> dict[str, Any]:
        return {"_producer": producer, "_schemaURL": f"{_FACETS}/{name}.json#/$defs/{kind}"}

    def number(value: str) -> dict[str, Any]:
        return {**facet("DatasetVersionDatasetFacet", "DatasetVersionDatasetFacet"), "datasetVersion": value}

    fields = {
        each.column: {"inputFields": [{**source, "field": name} for name in each.sources]}
        for each in lineage(version).columns
        if each.kept
    }
    columns = [{"name": each["name"], "type": each["type"]} for each in version["data"]["columns"]]
    return {
        "eventType": "COMPLETE",
        "eventTime": version["created"],
        "producer": producer,
        "schemaURL": _EVENT,
        "run": {"runId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:dataops:{made}")), "facets": {}},
        "job": {"namespace": "dataops", "name": f"{version['dataset']}.recipe", "facets": {}},
        "inputs": [{**source, "facets": {"version": number(version["raw"]["sha256"])}}],
        "outputs": [
            {
                "namespace": "dataops",
                "name": version["dataset"],
                "facets": {
                    "version": number(made),
                    "schema": {**facet("SchemaDatasetFacet", "SchemaDatasetFacet"), "fields": columns},
                    "columnLineage": {
                        **facet("ColumnLineageDatasetFacet", "ColumnLineageDatasetFacet"),
                        "fields": fields,
                    },
                },
                "outputFacets": {
                    "outputStatistics": {
                        **facet("OutputStatisticsOutputDatasetFacet", "OutputStatisticsOutputDatasetFacet"),
                        "rowCount": version["data"]["rows"],
                    }
                },
            }
        ],
    }
