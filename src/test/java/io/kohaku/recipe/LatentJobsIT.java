package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.caption.QualityEstimator;
import io.kohaku.engine.DataGateException;
import io.kohaku.image.Bucket;
import io.kohaku.image.Pictures;
import io.kohaku.latent.LatentBytes;
import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.exported.LatentEncoder;
import io.kohaku.latent.exported.PlainLatentEncoder;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jobs of images and latents on one shard, all in a bucket where a rename is a copy. */
class LatentJobsIT {
  private static final int IMAGES = 6;

  @TempDir private static Path folder;
  private static EncodedSite site;
  private static Manifest first;

  @BeforeAll
  static void makeSiteAndEncode() throws IOException {
    site = EncodedSite.make(folder, IMAGES);
    site.run(new SelectedPosts(IMAGES));
    site.run(new IndexJob());
    first = site.run(new EncodeJob());
  }

  @Test
  void everySelectedPostIsEncodedOrRejected() throws IOException {
    assertThat(Accounting.of(Map.of("encode", first)))
        .containsExactly(
            "posts selected 7 = latents 6 (reused 0, imported 0, encoded 6) + rejected 1 (no-image 1)");
    assertThat(site.table("encode", "latents").select("id").distinct().count()).isEqualTo(IMAGES);
    assertThat(site.table("encode", "rejects").collectAsList())
        .extracting(row -> row.getAs("id") + " " + row.getAs("reason"))
        .containsExactly("7 no-image");
  }

  @Test
  void sparksMetricsShowImagesTheirRateAndRejects() throws IOException {
    site.run(new EncodeJob(), "run.seed=5");
    assertThat(StageMetrics.of("encode"))
        .containsAllEntriesOf(Map.of("images", 6.0, "rejects.no-image", 1.0))
        .hasEntrySatisfying("images_per_second", rate -> assertThat(rate).isBetween(1e-3, 1e6));
  }

  @Test
  void tooManyRejectsPublishNothing() throws IOException {
    Manifest published = site.workspace().published("encode");
    assertThatThrownBy(() -> site.run(new EncodeJob(), "latents.max-reject-fraction=0.1"))
        .isInstanceOf(DataGateException.class)
        .hasMessageContaining("above latents.max-reject-fraction = 0.1 (nothing was published)");
    assertThat(site.workspace().published("encode")).isEqualTo(published);
  }

  @Test
  void latentsGoOutAsNpzAndComeBackInsteadOfEncoding() throws IOException {
    TreeMap<Long, List<Float>> before = latents();
    Manifest exported = site.run(new ExportLatentsJob());
    assertThat(exported.output("npz").rows()).isEqualTo(before.size());
    Path caches = folder.resolve("caches/1_demo");
    Files.createDirectories(caches);
    List<Long> ids = new ArrayList<>(before.keySet());
    for (long id : ids.subList(3, ids.size())) {
      Files.copy(
          site.output("export-latents", "npz").resolve(id + ".npz"), caches.resolve(id + ".npz"));
    }
    Files.write(caches.resolve(ids.get(0) + "_0096x0096_sdxl.npz"), new byte[40]);
    Files.write(caches.resolve("99999999.npz"), new byte[40]); // Of no selected post.
    Files.writeString(caches.resolve("1.txt"), "a caption");
    String imports = "latents.imports=[\"%s\"]".formatted(folder.resolve("caches"));
    // In another precision all would be encoded anew.
    Manifest encode = site.run(new EncodeJob(), imports, "latents.precision=bf16");

    assertThat(encode.counts()).containsEntry("imported", ids.size() - 3L);
    assertThat(encode.output("import-rejects").rows()).isEqualTo(1);
    assertThat(encode.output("latents").rows()).isEqualTo(before.size());
    Accounting.of(Map.of("encode", encode));
    TreeMap<Long, List<Float>> after = latents();
    assertThat(after).hasSameSizeAs(before);
    for (long id : ids.subList(3, ids.size())) {
      assertThat(after.get(id)).as("post %d", id).isEqualTo(before.get(id));
    }
    assertThat(site.table("encode", "latents").where("shard like '%.npz'").count())
        .isEqualTo(ids.size() - 3L);
    theStoreGrowsNoMore(imports);
  }

  private static void theStoreGrowsNoMore(String imports) throws IOException {
    List<Path> files = stored();
    site.run(new EncodeJob(), imports, "latents.precision=bf16", "latents.max-reject-fraction=0.6");
    assertThat(stored()).isEqualTo(files);
  }

  private static List<Path> stored() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("work/encode/store"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  @Test
  void aMissingFolderOfCachesIsToldBeforeAnythingStarts() {
    assertThatThrownBy(() -> site.run(new EncodeJob(), "latents.imports=[\"/nowhere/npz\"]"))
        .isInstanceOf(SettingsException.class)
        .hasMessage("Invalid latents.imports: /nowhere/npz (no such file or folder)");
  }

  @Test
  void djlsPredictorTakesThePlaceOfTheKernels() throws IOException {
    String predictor = "latents.runner=predictor";
    String seed = "run.seed=77"; // So that nothing is encoded yet.
    Manifest export = site.run(new ExportVaeJob());
    assertThat(site.run(new ExportVaeJob())).as("run again").isEqualTo(export);
    assertThat(export.output("model").files()).isEqualTo(3);
    List<Path> before = stored();
    site.run(new EncodeJob(), predictor, seed);
    List<Path> after = stored();
    assertThat(after).hasSizeGreaterThan(before.size());
    TreeMap<Long, List<Float>> latents = latents();
    // The same key, and so the same latents again.
    site.run(new EncodeJob(), seed);
    assertThat(stored()).isEqualTo(after);
    assertThat(latents()).isEqualTo(latents).hasSize(IMAGES);
    assertThatThrownBy(() -> site.run(new EncodeJob(), predictor, "latents.precision=bf16"))
        .isInstanceOf(SettingsException.class)
        .hasMessageEndingWith(
            "its precision is FP32, wanted is BF16 (set latents.precision = auto, or export-vae.precision and run the job export-vae again)");
  }

  @Test
  void aPipelineOfSparkMlTagsAndEncodes() throws IOException {
    site.run(new ExportVaeJob());
    Dataset<Row> posts =
        site.spark()
            .read()
            .format("binaryFile")
            .load(images().toString())
            .selectExpr(
                "bigint(regexp_extract(path, '([0-9]+)[.]', 1)) as id",
                "'g' as rating",
                "int(length % 100) as fav_count",
                "content as image");
    LatentEncoder encoder =
        new PlainLatentEncoder()
            .setDevice("cpu")
            .setModelUrl(site.output("export-vae", "model").toUri().toString());
    PipelineStage[] stages = {
      QualityEstimator.of(
          SettingsSource.read(List.of(), List.of()).settings().captions().quality()),
      encoder
    };
    PipelineModel fitted = new Pipeline().setStages(stages).fit(posts);
    Path saved = folder.resolve("pipeline");
    fitted.save(saved.toString());
    Dataset<Row> result = PipelineModel.load(saved.toString()).transform(posts);
    assertThat(result.columns()).containsExactly("id", "rating", "fav_count", "quality", "encoded");
    List<Row> rows = result.selectExpr("id", "quality", "encoded.*").orderBy("id").collectAsList();
    assertThat(rows).hasSize(IMAGES + 1);
    assertThat(rows.get(IMAGES).<String>getAs("reason")).isEqualTo("unknown-format");
    assertThat(rows.get(IMAGES).<Object>getAs("latent")).isNull();
    for (Row row : rows.subList(0, IMAGES)) {
      assertThat(row.<String>getAs("quality")).isNotBlank();
      Bucket bucket = Bucket.parse(row.getAs("bucket"));
      assertThat(row.<byte[]>getAs("latent"))
          .hasSize(8 * bucket.width() * bucket.height() / 64 * 2);
    }
    assertThatThrownBy(() -> encoder.transform(posts.drop("image")))
        .hasMessage("Missing column: image (there are id, rating, fav_count)");
  }

  /** The shard's images as files, and one that is no image. */
  private static Path images() throws IOException {
    Path images = Files.createDirectories(folder.resolve("images"));
    for (int id = 1; id <= IMAGES; id++) {
      Files.write(images.resolve(id + ".png"), Pictures.png(64 + 32 * id, 96, id));
    }
    Files.writeString(images.resolve(IMAGES + 1 + ".png"), "not a picture");
    return images;
  }

  /** What training would read, by post. */
  private static TreeMap<Long, List<Float>> latents() throws IOException {
    TreeMap<Long, List<Float>> latents = new TreeMap<>();
    LatentStore store =
        new LatentStore(new Configuration(), PublishedStore.folder(site.workspace()).toString());
    for (Row row : site.table("encode", "latents").collectAsList()) {
      long id = row.getAs("id");
      byte[] bytes = store.bytes(id, LatentColumn.place(EncodedTable.values(row)));
      List<Float> values = new ArrayList<>();
      for (float value :
          LatentBytes.values(bytes, LatentColumn.format(EncodedTable.values(row)), 0)) {
        values.add(value);
      }
      latents.put(id, values);
    }
    return latents;
  }
}
