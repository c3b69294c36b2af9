package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.LocalSpark;
import io.kohaku.caption.CaptionTable;
import io.kohaku.caption.QualityModel;
import io.kohaku.caption.TagTable;
import io.kohaku.engine.Consent;
import io.kohaku.engine.Console;
import io.kohaku.engine.DataGateException;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageRunner;
import io.kohaku.engine.Workspace;
import io.kohaku.files.BucketFileSystem;
import io.kohaku.post.PostTable;
import io.kohaku.post.RejectTable;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostJobsIT {
  @TempDir Path folder;
  private String bucket;

  /** The jobs' folder lies where a rename is a copy. */
  @BeforeEach
  void makeBucket() {
    bucket = BucketFileSystem.over(folder);
  }

  private Workspace workspace() {
    return new Workspace(new org.apache.hadoop.fs.Path(bucket + "/work"), new Configuration());
  }

  private Manifest run(StageJob job, String... overrides) throws IOException {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("posts.path=\"" + Golden.path("posts.db") + "\"");
    all.add("posts.ids-per-task=4000000");
    SettingsSource source = SettingsSource.read(List.of(), all);
    return new StageRunner(
            source, workspace(), LocalSpark::session, new Console(System.out), Consent.asked())
        .run(job);
  }

  private Dataset<Row> table(String stage, String output) throws IOException {
    return LocalSpark.session().read().parquet(workspace().output(stage, output).toString());
  }

  @Test
  void everyPostIsAccountedForAndCaptioned() throws IOException {
    Manifest select = run(new SelectJob());
    long rejected = select.rejects().values().stream().mapToLong(Long::longValue).sum();
    assertThat(select.counts().get("read")).isEqualTo(300);
    assertThat(select.inputs()).as("other columns are another output").containsKey("columns");
    assertThat(select.counts().get("selected") + rejected).isEqualTo(300);
    assertThat(PostTable.require(table("select", "posts")).count())
        .isEqualTo(select.counts().get("selected"));
    assertThat(RejectTable.require(table("select", "rejects")).count()).isEqualTo(rejected);
    Map<String, Double> gauges = StageMetrics.of("select");
    assertThat(gauges)
        .containsEntry("rejects", (double) rejected)
        .containsEntry("selected", (double) select.counts().get("selected"));
    select
        .rejects()
        .forEach(
            (reason, count) ->
                assertThat(gauges).containsEntry("rejects." + reason, (double) count));
    Manifest caption = run(new CaptionJob(), "captions.tag-gates=[10, 3]");
    assertThat(CaptionTable.require(table("caption", "captions")).count())
        .isEqualTo(select.counts().get("selected"));
    Dataset<Row> tags = TagTable.require(table("caption", "tags"));
    assertThat(tags.where("posts >= 10").count())
        .isEqualTo(tags.where("gate = 10").count())
        .isEqualTo(caption.counts().get("tags-of-10-posts"))
        .isPositive();
    assertThat(tags.where("gate = 0 and posts >= 3").count()).isZero();
  }

  /** The last word of each caption. */
  private Map<Long, String> lastWords() throws IOException {
    return table("caption", "captions").collectAsList().stream()
        .collect(
            Collectors.toMap(
                row -> row.getLong(0), row -> row.getString(3).replaceAll(".*(, |\\|\\|\\|)", "")));
  }

  @Test
  void aSavedModelGivesNextMonthsPostsTheirQuality() throws IOException {
    run(new SelectJob(), "posts.bands=[{from=0, until=4000000}]");
    run(new CaptionJob());
    Path saved = folder.resolve("saved");
    Configuration hadoop = new Configuration();
    org.apache.hadoop.fs.Path fitted = workspace().output("caption", "quality");
    FileUtil.copy(
        fitted.getFileSystem(hadoop),
        fitted,
        FileSystem.getLocal(hadoop),
        new org.apache.hadoop.fs.Path(saved.toUri()),
        false,
        hadoop);
    run(new SelectJob(), "posts.bands=[{from=4000000}]");
    String model = "captions.quality.model=\"" + saved + "\"";
    run(new CaptionJob(), "captions.quality.source=model", model);
    Map<Long, String> expected =
        QualityModel.load(saved.toString())
            .transform(table("select", "posts"))
            .select("id", QualityModel.QUALITY)
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(row -> row.getLong(0), row -> row.getString(1)));
    assertThat(lastWords()).isEqualTo(expected).hasSizeGreaterThan(50);
    run(new CaptionJob());
    assertThat(lastWords()).isNotEqualTo(expected);
    String[] three = {
      "captions.quality.source=model",
      model,
      "captions.quality.percentiles=[30, 60]",
      "captions.quality.names=[low, fair, high]"
    };
    assertThatThrownBy(() -> run(new CaptionJob(), three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "Invalid captions.quality.names: [low, fair, high] (must be one more than the 6");
  }

  @Test
  void thePublishedTablesGoByName() throws IOException {
    run(new SelectJob());
    run(new CaptionJob(), "captions.quality.source=delta");
    Map<Long, String> delta = lastWords();
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(Golden.path("captions.jsonl"))) {
      JsonNode post = json.readTree(line);
      String quality =
          post.get("caption_delta_thresholds").textValue().replaceAll(".*(, |\\|\\|\\|)", "");
      delta.computeIfPresent(
          post.get("id").longValue(),
          (id, word) -> {
            assertThat(word).as("post %d", id).isEqualTo(id > 7_000_000 ? word : quality);
            return word;
          });
    }
    run(new CaptionJob(), "captions.quality.source=hakubooru");
    assertThat(lastWords()).isNotEqualTo(delta).hasSameSizeAs(delta);
  }

  @Test
  void tooManyRejectsPublishNothing() {
    assertThatThrownBy(() -> run(new SelectJob(), "posts.max-reject-fraction=0.01"))
        .isInstanceOf(DataGateException.class)
        .hasMessageContaining("above posts.max-reject-fraction = 0.01 (nothing was published)");
    assertThatThrownBy(() -> workspace().published("select"))
        .hasMessageContaining("run the job select first");
  }

  @Test
  void thresholdsCanBeFittedOnAllValidPosts() throws IOException {
    String bands = "posts.bands=[{from=0, until=2000000}]";
    run(new SelectJob(), bands);
    run(new CaptionJob(), bands, "captions.quality.population=selected");
    List<Row> selected =
        LocalSpark.session()
            .read()
            .parquet(workspace().output("caption", "quality") + "/data")
            .orderBy("rating")
            .collectAsList();
    run(new CaptionJob(), bands, "captions.quality.population=valid");
    List<Row> valid =
        LocalSpark.session()
            .read()
            .parquet(workspace().output("caption", "quality") + "/data")
            .orderBy("rating")
            .collectAsList();
    assertThat(valid).hasSize(4).isNotEqualTo(selected);
  }
}
