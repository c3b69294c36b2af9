package io.kohaku.recipe;

import io.kohaku.LocalSpark;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.engine.Consent;
import io.kohaku.engine.Console;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageRunner;
import io.kohaku.engine.Workspace;
import io.kohaku.files.BucketFileSystem;
import io.kohaku.image.Pictures;
import io.kohaku.image.shard.Archives;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A folder with one shard and a tiny model, seen as a bucket, and jobs that run on it. */
record EncodedSite(Path folder, String bucket, SparkSession spark) {
  static EncodedSite make(Path folder, int images) throws IOException {
    String bucket = BucketFileSystem.over(folder);
    SparkSession spark = LocalSpark.session().newSession();
    spark.conf().set("spark.sql.adaptive.enabled", false);
    spark.conf().set("spark.sql.codegen.wholeStage", false);
    TinySdxl.load().write(folder.resolve("tiny.safetensors"));
    Archives archive = Archives.empty();
    for (int id = 1; id <= images; id++) {
      archive.file(id + ".png", Pictures.png(64 + 32 * id, 96, id));
    }
    Files.write(folder.resolve("data-0000.tar"), archive.finish());
    return new EncodedSite(folder, bucket, spark);
  }

  Workspace workspace() {
    return new Workspace(new org.apache.hadoop.fs.Path(bucket + "/work"), new Configuration());
  }

  Manifest run(StageJob job, String... overrides) throws IOException {
    return run(job, Consent.asked(), overrides);
  }

  /** Runs a job even if what it would make is published. */
  Manifest force(StageJob job, String... overrides) throws IOException {
    return run(job, Consent.forced(), overrides);
  }

  private Manifest run(StageJob job, Consent consent, String... overrides) throws IOException {
    List<String> all = new ArrayList<>();
    all.add("run.work=\"" + bucket + "/work\"");
    all.add("model.checkpoint=\"" + bucket + "/tiny.safetensors\"");
    all.add("model.head-width=16");
    all.add("images.shards=[\"" + bucket + "/data-0000.tar\"]");
    all.add("images.buckets={width=96, height=96, min-side=64, max-side=256, step=32}");
    all.add("latents.chunk-size=4");
    all.add("latents.max-reject-fraction=0.5");
    all.addAll(List.of(overrides));
    SettingsSource source = SettingsSource.read(List.of(), all);
    return new StageRunner(source, workspace(), () -> spark, new Console(System.out), consent)
        .run(job);
  }

  Path output(String stage, String name) throws IOException {
    return folder.resolve(workspace().output(stage, name).toUri().getPath().substring(1));
  }

  Dataset<Row> table(String stage, String output) throws IOException {
    return spark.read().parquet(workspace().output(stage, output).toString());
  }
}
