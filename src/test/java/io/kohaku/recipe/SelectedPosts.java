package io.kohaku.recipe;

import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.TableFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import java.util.List;
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
  public List<String> sections() {
    return List.of();
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
    return new StageResult().output(SelectJob.POSTS, posts, TableFiles.write(table, posts));
  }
}
