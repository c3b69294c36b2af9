package io.kohaku.caption;

import io.kohaku.post.PostTable;
import io.kohaku.rows.InternalRows;
import io.kohaku.settings.binding.Portable;
import io.kohaku.settings.captions.CaptionSettings;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/** From {@link PostTable} to {@link CaptionTable}. */
public final class CaptionStage {
  private CaptionStage() {}

  /**
   * The captions of all posts.
   *
   * @param thresholds what parts the qualities, or none for no quality words
   * @throws IllegalArgumentException if the names of the qualities do not fit the thresholds
   */
  public static Dataset<Row> run(
      Dataset<Row> posts, CaptionSettings settings, Optional<QualityThresholds> thresholds) {
    Portable<CaptionSettings> chosen = Portable.of(settings);
    thresholds.ifPresent(given -> new QualityWords(given, settings.quality()));
    QualityThresholds given = thresholds.orElse(null);
    JavaRDD<InternalRow> rows =
        InternalRows.of(PostTable.require(posts), CaptionPartition.INPUT)
            .mapPartitions(
                part -> new CaptionPartition(part, chosen.value(), Optional.ofNullable(given)));
    return InternalRows.table(posts.sparkSession(), rows, CaptionTable.schema());
  }
}
