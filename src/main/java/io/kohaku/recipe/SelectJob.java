package io.kohaku.recipe;

import io.kohaku.digest.Sha256;
import io.kohaku.engine.DataGateException;
import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.post.screen.ScreenedTable;
import io.kohaku.post.select.EmptySource;
import io.kohaku.post.select.SelectStage;
import io.kohaku.post.select.Selection;
import io.kohaku.post.select.SelectionCounts;
import io.kohaku.provenance.Manifest;
import io.kohaku.rows.TableDigest;
import io.kohaku.rows.TableFiles;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reads the metadata dump and keeps the posts that the recipe wants. */
public final class SelectJob implements StageJob {
  /** The output with the selected posts. */
  static final String POSTS = "posts";

  private static final String GATE = "posts.max-reject-fraction";

  @Override
  public String name() {
    return StageNames.SELECT;
  }

  @Override
  public String summary() {
    return "Select posts by id band; everything left out gets its reason.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("posts");
  }

  @Override
  public Revision revision() {
    return new Revision(
        5,
        "dates of any unit since 1970 are read, also as texts, and an id that occurs twice in a"
            + " database keeps its first row");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    workspace.requirePattern("posts.path", settings.posts().path());
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("dump", workspace.pattern(settings.posts().path()));
    // A table of other columns, as older versions wrote it, is made again.
    String columns = ScreenedTable.schema().catalogString();
    inputs.put("columns", new Manifest.Input("this program", Sha256.of(columns)));
    return inputs;
  }

  @Override
  public void checkGate(Settings settings, Manifest published) {
    double allowed = settings.posts().maxRejectFraction();
    DataGateException.check(GATE, allowed, published, published.output(POSTS).rows());
    EmptySource.check(
        settings.posts(),
        published.counts().get("read"),
        published.rejects().getOrDefault(EmptySource.MALFORMED, 0L),
        () -> "");
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    PostSettings settings = context.settings().posts();
    Path screened = new Path(context.data(), "screened");
    SelectStage.reading(
        () ->
            TableFiles.write(
                SelectStage.screen(context.spark(), settings), screened, ScreenedTable.OUTCOME));
    Dataset<Row> table = TableFiles.read(context.spark(), screened, ScreenedTable.schema());
    Selection selection = SelectStage.split(table, settings);
    SelectionCounts counts = selection.counts();
    long rejected = counts.read() - counts.notDrawn() - counts.selected();
    DataGateException.check(
        GATE, settings.maxRejectFraction(), rejected, counts.read() - counts.notDrawn());
    EmptySource.check(
        settings,
        counts.read(),
        counts.rejected().getOrDefault(EmptySource.MALFORMED, 0L),
        () -> EmptySource.example(selection.rejects()));
    Path rejects = new Path(context.data(), "rejects");
    long rejectRows = TableFiles.write(selection.rejects(), rejects);
    Path posts = posts(context, screened, selection);
    // Where a post stood in the source is none of what later stages read.
    Dataset<Row> told = SelectStage.posts(TableFiles.read(context.spark(), posts));
    return new StageResult()
        .output(POSTS, posts, counts.selected(), TableDigest.of(told))
        .table("rejects", rejects, rejectRows)
        .count("read", counts.read())
        .count("selected", counts.selected())
        .count("not-drawn", counts.notDrawn())
        .rejects(counts.rejected());
  }

  /** What was written first is the table of posts already, unless duplicates have to go. */
  private static Path posts(StageContext context, Path screened, Selection selection)
      throws IOException {
    FileSystem files = screened.getFileSystem(context.workspace().hadoop());
    Path written = outcome(screened, ScreenedTable.POST);
    if (!selection.counts().hasDuplicates() && files.exists(written)) {
      files.delete(outcome(screened, ScreenedTable.REJECT), true);
      files.delete(outcome(screened, ScreenedTable.COUNTS), true);
      return written;
    }
    Path posts = new Path(context.data(), POSTS);
    TableFiles.write(selection.posts(), posts);
    files.delete(screened, true);
    return posts;
  }

  private static Path outcome(Path screened, String outcome) {
    return new Path(screened, ScreenedTable.OUTCOME + "=" + outcome);
  }
}
