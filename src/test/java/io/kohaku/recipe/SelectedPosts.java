package io.kohaku.recipe;

import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.rows.TableFiles;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Selects the posts from 1 to one more than there are images. */
record SelectedPosts(int images) implements StageJob {
  @Override
  public String name() {
    return "select";
  }

  @Override
  public String summary() {
    return "Select all posts.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.NONE;
  }

  @Override
  public TreeMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace) {
    return new TreeMap<>();
  }

  @Override
  public StageResult run(StageContext context) {
    org.apache.hadoop.fs.Path posts = new org.apache.hadoop.fs.Path(context.data(), "posts");
    Dataset<Row> table =
        context
            .spark()
            .range(1, images + 2)
            .selectExpr("id", "64 + 32 * id as image_width", "96 as image_height")
            .selectExpr("id", "int(image_width) as image_width", "image_height");
    return new StageResult().table(SelectJob.POSTS, posts, TableFiles.write(table, posts));
  }
}
