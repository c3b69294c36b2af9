package io.kohaku.caption;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many captions have each word, as kohya's trainer counts them for {@code ss_tag_frequency}.
 */
public final class TagFrequency {
  private static final String WORD = "word";
  private static final String COUNT = "count";

  private TagFrequency() {}

  /** The most frequent words with their counts, in falling order, equal ones by name. */
  public static Map<String, Long> of(Dataset<Row> captions, int most) {
    Map<String, Long> words = new LinkedHashMap<>();
    if (most == 0) {
      return words;
    }
    CaptionTable.require(captions)
        .select(
            functions
                .explode(
                    functions.concat(
                        functions.col(CaptionTable.FIXED), functions.col(CaptionTable.FLEXIBLE)))
                .as(WORD))
        .groupBy(WORD)
        .count()
        .orderBy(functions.col(COUNT).desc(), functions.col(WORD))
        .limit(most)
        .collectAsList()
        .forEach(row -> words.put(row.getString(0), row.getLong(1)));
    return words;
  }
}
