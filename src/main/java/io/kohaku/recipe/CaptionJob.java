package io.kohaku.recipe;

import io.kohaku.caption.CaptionStage;
import io.kohaku.caption.QualityEstimator;
import io.kohaku.caption.QualityModel;
import io.kohaku.caption.QualityThresholds;
import io.kohaku.caption.TagStage;
import io.kohaku.caption.TagTable;
import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.files.NamedPath;
import io.kohaku.post.select.SelectStage;
import io.kohaku.provenance.Manifest;
import io.kohaku.rows.TableFiles;
import io.kohaku.settings.Settings;
import io.kohaku.settings.captions.CaptionSettings;
import io.kohaku.settings.captions.QualityPopulation;
import io.kohaku.settings.captions.QualitySettings;
import io.kohaku.settings.captions.QualitySource;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Writes the words that describe each selected post. */
public final class CaptionJob implements StageJob {
  /** The output with one row for each selected post. */
  static final String CAPTIONS = "captions";

  @Override
  public String name() {
    return StageNames.CAPTION;
  }

  @Override
  public String summary() {
    return "Write each post's caption: quality, rating and date tags, tag order.";
  }

  /** A fit may look at all valid posts, so what makes posts valid counts too. */
  @Override
  public Keys decidedBy() {
    return Keys.of(
            CAPTIONS,
            "posts.format",
            "posts.rating-letters",
            "posts.filter",
            "posts.max-line-bytes")
        .except("captions.augmentation");
  }

  @Override
  public Revision revision() {
    return new Revision(2, "dates with a blank for their T are taken to UTC by their offset");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    QualitySettings quality = settings.captions().quality();
    if (quality.source() == QualitySource.MODEL) {
      workspace.requireSource("captions.quality.model", quality.model().orElse(""));
      QualityModel.require(NamedPath.of(quality.model().orElseThrow()), workspace.hadoop());
    }
    if (readsDump(quality)) {
      workspace.requirePattern("posts.path", settings.posts().path());
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    QualitySettings quality = settings.captions().quality();
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put(StageNames.SELECT, workspace.input(StageNames.SELECT, SelectJob.POSTS));
    if (quality.source() == QualitySource.MODEL) {
      inputs.put("quality", workspace.content(quality.model().orElseThrow()));
    }
    if (readsDump(quality)) {
      inputs.put("dump", workspace.pattern(settings.posts().path()));
    }
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    CaptionSettings settings = context.settings().captions();
    Dataset<Row> posts = context.table(StageNames.SELECT, SelectJob.POSTS);
    StageResult result = new StageResult();
    Optional<QualityThresholds> thresholds = thresholds(context, posts, result);
    Path captions = new Path(context.data(), CAPTIONS);
    Path tags = new Path(context.data(), "tags");
    result
        .table(
            CAPTIONS,
            captions,
            TableFiles.write(CaptionStage.run(posts, settings, thresholds), captions))
        .table("tags", tags, TableFiles.write(TagStage.run(posts, settings), tags));
    countGates(context, tags, result);
    return result;
  }

  private static void countGates(StageContext context, Path tags, StageResult result) {
    Dataset<Row> written = TableFiles.read(context.spark(), tags);
    for (long gate : context.settings().captions().tagGates()) {
      long passing = written.where(functions.col(TagTable.POSTS).geq(gate)).count();
      result.count("tags-of-" + gate + "-posts", passing);
    }
  }

  /** Whether posts count that need not be selected. */
  private static boolean readsDump(QualitySettings quality) {
    return quality.source() == QualitySource.FIT && quality.population() == QualityPopulation.VALID;
  }

  private static Optional<QualityThresholds> thresholds(
      StageContext context, Dataset<Row> posts, StageResult result) throws IOException {
    QualitySettings quality = context.settings().captions().quality();
    return switch (quality.source()) {
      case NONE -> Optional.empty();
      case DELTA -> Optional.of(QualityThresholds.DELTA);
      case HAKUBOORU -> Optional.of(QualityThresholds.HAKUBOORU);
      case FIT -> Optional.of(fit(context, posts, result));
      case MODEL ->
          Optional.of(
              QualityModel.load(NamedPath.of(quality.model().orElseThrow()).toString())
                  .thresholds());
    };
  }

  /** The fitted model is an output, for next month's posts. */
  private static QualityThresholds fit(
      StageContext context, Dataset<Row> selected, StageResult result) throws IOException {
    Settings settings = context.settings();
    QualitySettings quality = settings.captions().quality();
    QualityEstimator estimator = QualityEstimator.of(quality);
    QualityModel model =
        readsDump(quality)
            ? SelectStage.reading(
                () -> estimator.fit(SelectStage.valid(context.spark(), settings.posts())))
            : estimator.fit(selected);
    Path folder = new Path(context.data(), "quality");
    model.write().save(folder.toString());
    result.output("quality", folder, model.thresholds().byRating().size());
    return model.thresholds();
  }
}
