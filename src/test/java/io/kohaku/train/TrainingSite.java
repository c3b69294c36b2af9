package io.kohaku.train;

import io.kohaku.caption.CaptionTable;
import io.kohaku.demo.DemoData;
import io.kohaku.latent.store.SmallLatents;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.settings.DemoSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.train.data.PreparationStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** The tiny SDXL, made-up latents and captions, prepared for training in a folder. */
final class TrainingSite {
  private final Path folder;

  /** A site that lies prepared in a folder. */
  TrainingSite(Path folder) {
    this.folder = folder;
  }

  /**
   * Prepares a site in the folder.
   *
   * @param buckets images of each bucket
   * @param heldOut images that are held out
   * @param broken id of a post whose latent is not a number, or 0
   */
  PreparationStage.Counts prepare(
      SparkSession spark, Map<String, Integer> buckets, int heldOut, long broken)
      throws IOException {
    DemoData.generate(folder, new DemoSettings(1, 32, 64));
    SmallLatents.write(spark, folder, buckets, broken);
    int images = buckets.values().stream().mapToInt(Integer::intValue).sum();
    Dataset<Row> latents = spark.read().parquet(folder.resolve("table").toString());
    return PreparationStage.run(
        latents,
        captions(spark, images),
        new org.apache.hadoop.fs.Path(folder.resolve("prepared").toString()),
        heldOut,
        1);
  }

  /** All posts but the last have a caption. */
  private static Dataset<Row> captions(SparkSession spark, int images) {
    List<Row> rows = new ArrayList<>();
    for (long id = 1; id < images; id++) {
      List<String> fixed = List.of("1girl", "name " + id);
      List<String> flexible = List.of("solo", "long hair", "smile", "sky " + id % 3);
      rows.add(RowFactory.create(id, fixed, flexible, ""));
    }
    return spark.createDataFrame(rows, CaptionTable.schema());
  }

  /** Batch of a run that keeps its checkpoints and output under a name of its own. */
  TrainInputs inputs(String run) {
    return inputs(run, PresetFile.load("attn-only"));
  }

  /** The same with other adapted layers than {@link #settings} name. */
  TrainInputs inputs(String run, Preset preset) {
    return new TrainInputs(
        folder.resolve("prepared").toString(),
        folder.resolve("store").toString(),
        "digest",
        folder.resolve(run).resolve("checkpoints").toString(),
        folder.resolve(run).resolve("output").toString(),
        preset);
  }

  Path output(String run, String file) {
    return folder.resolve(run).resolve("output").resolve(file);
  }

  /** What the run has logged so far; published beside the adapter when it is done. */
  Path logs(String run) {
    return new RunFolder(checkpoints(run)).logs();
  }

  Path checkpoints(String run) {
    return folder.resolve(run).resolve("checkpoints");
  }

  /** Small settings; further {@code key=value} texts above them. */
  Settings settings(String... more) {
    List<String> overrides =
        new ArrayList<>(
            List.of(
                "model.checkpoint=" + folder.resolve("base.safetensors"),
                "model.tokenizer=" + folder.resolve("tokenizer"),
                "model.head-width=16",
                "model.tokens=75",
                "lokr.preset=attn-only",
                "lokr.factor=4",
                "lokr.mode=merged",
                "captions.augmentation.shuffle=true",
                "captions.augmentation.tag-dropout=0.1",
                "train.compute=fp32",
                "train.micro-batch=2",
                "train.micro-batches-per-update=4",
                "train.schedule.warmup=2",
                "train.optimizer.unet-rate=1e-3",
                "train.optimizer.text-encoder-rate=1e-3",
                "train.validation.every=0",
                "train.checkpoint.every=2",
                "cluster.slot-timeout=20s",
                "cluster.peer-timeout=60s"));
    overrides.addAll(List.of(more));
    return SettingsSource.read(List.of(), overrides).settings();
  }
}
