"""Apache Spark: the steps' own functions run on the workers, over Arrow batches of the same types as in memory."""

from dataops_core.engines.spark.engine import run_on_spark
from dataops_core.engines.spark.session import spark_session

__all__ = ["run_on_spark", "spark_session"]
