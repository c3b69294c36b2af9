package io.kohaku.caption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.Recipes;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.PostTable;
import io.kohaku.post.Rating;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityModelIT {
  @TempDir Path folder;

  /**
   * Posts with favourite counts 1 to {@code counts} of two ratings, the second ten times as many.
   */
  private static Dataset<Row> posts(int counts) {
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i <= counts; i++) {
      rows.add(row(i, "g", i));
      rows.add(row(counts + i, "e", 10 * i));
    }
    return LocalSpark.session().createDataFrame(rows, PostTable.schema());
  }

  private static Row row(long id, String rating, int favCount) {
    return RowFactory.create(
        id, "", rating, 0, favCount, "png", 1L, 9, 9, null, "sky", "", "", "", "");
  }

  private static QualityEstimator estimator(String... overrides) {
    return QualityEstimator.of(Recipes.defaults(overrides).captions().quality());
  }

  @Test
  void thresholdsAreExactPercentilesWithinEachRating() {
    QualityThresholds thresholds = estimator().fit(posts(200)).thresholds();
    assertThat(thresholds.byRating())
        .containsEntry(Rating.GENERAL, List.of(20, 50, 100, 150, 170, 190))
        .containsEntry(Rating.EXPLICIT, List.of(200, 500, 1000, 1500, 1700, 1900))
        .hasSize(2);
  }

  @Test
  void aSavedModelIsAppliedToOtherPosts() throws Exception {
    QualityModel fitted = estimator("captions.quality.id-cutoff=1000").fit(posts(200));
    String path = folder.resolve("model").toString();
    fitted.save(path);
    QualityModel loaded = QualityModel.load(path);
    assertThat(loaded.thresholds()).isEqualTo(fitted.thresholds());
    assertThat(loaded.uid()).isEqualTo(fitted.uid());
    Dataset<Row> later =
        LocalSpark.session()
            .createDataFrame(
                List.of(row(1, "g", 190), row(2, "g", 191), row(3, "e", 5), row(1001, "g", 191)),
                PostTable.schema());
    assertThat(
            loaded.transform(later).select(QualityModel.QUALITY).collectAsList().stream()
                .map(row -> row.getString(0)))
        .containsExactly("best quality", "masterpiece", "worst quality", null);
    assertThat(
            CaptionStage.run(later, Recipes.defaults().captions(), Optional.of(loaded.thresholds()))
                .select(CaptionTable.TEXT)
                .head()
                .getString(0))
        .isEqualTo(", |||sky, safe, best quality");
  }

  @Test
  void estimatorAndModelAreStagesOfAPipeline() throws Exception {
    Dataset<Row> posts = posts(100);
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {estimator()});
    String path = folder.resolve("pipeline").toString();
    pipeline.save(path);
    PipelineModel model = Pipeline.load(path).fit(posts);
    String fitted = folder.resolve("fitted").toString();
    model.save(fitted);
    Row row = PipelineModel.load(fitted).transform(posts).where("id = 96").head();
    assertThat(row.getString(row.fieldIndex(QualityModel.QUALITY))).isEqualTo("masterpiece");
  }

  @Test
  void noPostsAndMissingColumnsAreErrors() {
    assertThatThrownBy(() -> estimator().fit(posts(0)))
        .hasMessage("Cannot fit quality thresholds: there are no posts");
    assertThatThrownBy(() -> estimator().fit(posts(1).select("id", "rating")))
        .hasMessage("Missing column: fav_count of the posts (they have id, rating)");
  }

  @Test
  void aFolderWithoutAWholeModelIsSaid() throws Exception {
    Path saved = folder.resolve("model");
    org.apache.hadoop.fs.Path place = new org.apache.hadoop.fs.Path(saved.toUri());
    Files.createDirectories(saved.resolve("metadata"));
    assertThatThrownBy(() -> QualityModel.require(place, new Configuration()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("it has no data");
    Files.createDirectories(saved.resolve("data"));
    QualityModel.require(place, new Configuration());
    Files.writeString(saved.resolve("metadata/part-0"), "no model");
    assertThatThrownBy(() -> QualityModel.load(saved.toString()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read the model of qualities in " + saved);
  }
}
