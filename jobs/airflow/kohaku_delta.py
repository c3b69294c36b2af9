"""Airflow: every stage of the recipe as a task of its own, each with its own kind of executors.

Needs apache-airflow-providers-apache-spark, a connection `spark_default`, and the project at
/opt/kohaku on the scheduler's machine (`mvn package` done). A stage that is up to date ends at once, so
a cleared or retried task repeats nothing that is done. Exit codes 2 to 4 will not be mended by trying
again; they show as failures of the task after its retries.
"""

from datetime import datetime, timedelta
from pathlib import Path

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

HOME = Path("/opt/kohaku")
STAGES = ["select", "caption", "index", "encode", "prepare", "train", "export", "bake", "sample", "verify"]
# What a stage reads from other stages, beside what lies before it.
AFTER = {
    "select": [],
    "caption": ["select"],
    "index": [],
    "encode": ["select", "index"],
    "prepare": ["caption", "encode"],
    "train": ["prepare"],
    "export": ["train"],
    "bake": ["export"],
    "sample": ["bake"],
    "verify": ["bake"],
}
SETTINGS = {
    "run.work": "/mnt/kohaku/delta",
    "posts.path": "/mnt/kohaku/metadata/posts.json.gz",
    "images.shards": '["/mnt/kohaku/danbooru2023"]',
    "model.checkpoint": "/mnt/kohaku/models/delta-base.safetensors",
    "model.tokenizer": "/mnt/kohaku/models/clip-tokenizer",
}


def properties(stage):
    """The Spark settings of jobs/<stage>.properties."""
    file = HOME / "jobs" / f"{stage}.properties"
    lines = file.read_text().splitlines() if file.exists() else []
    pairs = (line.split("=", 1) for line in lines if line.strip() and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def arguments(stage):
    sets = [part for key, value in SETTINGS.items() for part in ("--set", f"{key}={value}")]
    return [stage, "--conf", str(HOME / "conf" / "delta.conf"), *sets]


with DAG(
    dag_id="kohaku_delta",
    schedule="0 3 1 * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
) as dag:
    tasks = {
        stage: SparkSubmitOperator(
            task_id=stage,
            conn_id="spark_default",
            name=f"kohaku-{stage}",
            java_class="io.kohaku.Main",
            application=str(HOME / "target" / "kohaku-spark.jar"),
            application_args=arguments(stage),
            conf=properties(stage),
        )
        for stage in STAGES
    }
    for stage, earlier in AFTER.items():
        for one in earlier:
            tasks[one] >> tasks[stage]
