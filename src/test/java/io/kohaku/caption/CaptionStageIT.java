package io.kohaku.caption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.Recipes;
import io.kohaku.post.PostTable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class CaptionStageIT {
  private static final Dataset<Row> POSTS =
      LocalSpark.session()
          .createDataFrame(
              List.of(
                  RowFactory.create(
                      7L,
                      "2022-02-03T04:05:06.000-05:00",
                      "e",
                      1,
                      23,
                      "png",
                      5L,
                      600,
                      800,
                      null,
                      "solo 1girl long_hair",
                      "wokada",
                      "hatsune_miku",
                      "",
                      "highres bad_id")),
              PostTable.schema());

  @Test
  void aCaptionHasFixedWordsFlexibleWordsAndTheLine() {
    Row caption =
        CaptionTable.require(
                CaptionStage.run(
                    POSTS, Recipes.delta().captions(), Optional.of(QualityThresholds.DELTA)))
            .head();
    assertThat(caption.getLong(0)).isEqualTo(7);
    assertThat(caption.<String>getList(1)).containsExactly("1girl", "hatsune miku", "wokada");
    assertThat(caption.<String>getList(2))
        .containsExactly(
            "solo", "long hair", "highres", "newest", "explicit", "nsfw", "normal quality");
    assertThat(caption.getString(3))
        .isEqualTo(
            "1girl, hatsune miku, wokada, |||solo, long hair, highres, newest, explicit, nsfw,"
                + " normal quality");
  }

  @Test
  void withoutThresholdsThereIsNoQualityWord() {
    Row caption =
        CaptionStage.run(POSTS, Recipes.delta().captions(), Optional.empty()).select("text").head();
    assertThat(caption.getString(0)).endsWith("explicit, nsfw");
  }

  @Test
  void aTableWithoutAColumnIsAnError() {
    assertThatThrownBy(
            () ->
                CaptionStage.run(
                    POSTS.drop("tag_string_meta"), Recipes.delta().captions(), Optional.empty()))
        .hasMessageStartingWith(
            "Missing column: tag_string_meta of PostTable (it has id, created_at,");
    assertThatThrownBy(
            () ->
                CaptionStage.run(
                    POSTS.withColumn("fav_count", POSTS.col("fav_count").cast("long")),
                    Recipes.delta().captions(),
                    Optional.empty()))
        .hasMessage("Invalid column fav_count of PostTable: bigint (must be int)");
  }
}
