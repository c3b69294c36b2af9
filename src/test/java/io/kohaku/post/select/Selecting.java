package io.kohaku.post.select;

import io.kohaku.LocalSpark;
import io.kohaku.Recipes;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Selects posts of a file as a job does. */
final class Selecting {
  private Selecting() {}

  static PostSettings settings(Path path, String... overrides) {
    String[] all = java.util.Arrays.copyOf(overrides, overrides.length + 1);
    all[overrides.length] = "posts.path=\"" + path + "\"";
    return Recipes.defaults(all).posts();
  }

  /** As a job does it: the source is read once. */
  static Selection select(PostSettings settings) throws IOException {
    return SelectStage.split(screen(settings).persist(StorageLevel.MEMORY_ONLY()), settings);
  }

  static Dataset<Row> screen(PostSettings settings) throws IOException {
    return SelectStage.screen(LocalSpark.session(), settings);
  }

  static List<Long> ids(Dataset<Row> table) {
    return table.select("id").collectAsList().stream().map(row -> row.getLong(0)).sorted().toList();
  }
}
