package io.kohaku.recipe;

import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.image.shard.IndexStage;
import io.kohaku.image.shard.ScanTable;
import io.kohaku.image.shard.ShardTable;
import io.kohaku.provenance.Manifest;
import io.kohaku.rows.TableFiles;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the images in the shards by their headers, reading only what is new since the last time.
 */
public final class IndexJob implements StageJob {
  private static final Logger LOG = LoggerFactory.getLogger(IndexJob.class);

  /** The output with one row for each post that has an image. */
  static final String SHARDS = "shards";

  /** Everything the shards hold, kept for the next index. */
  private static final String SCAN = "scan";

  @Override
  public String name() {
    return StageNames.INDEX;
  }

  @Override
  public String summary() {
    return "Index the tar shards: where each post's image lies, without unpacking.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.NONE;
  }

  @Override
  public Revision revision() {
    return new Revision(2, "damaged, appended-to and linked archives give other images");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    List<String> shards = settings.images().shards();
    if (shards.isEmpty()) {
      throw new SettingsException("Missing setting: images.shards (name a folder of tar shards)");
    }
    for (String path : shards) {
      workspace.requireSource("images.shards", path);
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    List<String> shards = settings.images().shards();
    for (int i = 0; i < shards.size(); i++) {
      inputs.put("shards-" + i, workspace.place(shards.get(i)));
    }
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Path scan = new Path(context.data(), SCAN);
    IndexStage stage = new IndexStage(context.settings().images());
    long scanned = TableFiles.write(stage.scan(context.spark(), earlier(context)), scan);
    Dataset<Row> table = TableFiles.read(context.spark(), scan);
    Path shards = new Path(context.data(), SHARDS);
    Path rejects = new Path(context.data(), "rejects");
    long members = TableFiles.write(IndexStage.members(table), shards);
    long rejected = TableFiles.write(IndexStage.rejects(table), rejects);
    if (members == 0) {
      LOG.warn("No image was found in images.shards: {} files rejected, see {}", rejected, rejects);
    }
    Dataset<Row> written = TableFiles.read(context.spark(), rejects);
    return new StageResult()
        .table(SCAN, scan, scanned)
        .table(SHARDS, shards, members)
        .table("rejects", rejects, rejected)
        .count("shards", shardCount(context, shards))
        .rejects(TableFiles.countBy(written, ScanTable.REASON));
  }

  /** The last scan, if it found what one of now would. */
  private Optional<Dataset<Row>> earlier(StageContext context) throws IOException {
    boolean same =
        context
            .workspace()
            .stage(name())
            .manifest()
            .filter(published -> published.revision() == revision().number())
            .isPresent();
    return same ? context.previous(name(), SCAN) : Optional.empty();
  }

  private static long shardCount(StageContext context, Path shards) {
    return TableFiles.read(context.spark(), shards).select(ShardTable.SHARD).distinct().count();
  }
}
