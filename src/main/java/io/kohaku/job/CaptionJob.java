package io.kohaku.job;

import io.kohaku.caption.CaptionStage;
import io.kohaku.caption.QualityThresholds;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.CaptionSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Writes the words that describe each selected post. */
final class CaptionJob implements StageJob {
  /** The output with one row for each selected post. */
  static final String CAPTIONS = "captions";

  @Override
  public String name() {
    return "caption";
  }

  @Override
  public String summary() {
    return "Write each post's caption: quality, rating and date tags, tag order.";
  }

  @Override
  public List<String> sections() {
    return List.of(CAPTIONS);
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("select", workspace.input("select"));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    CaptionSettings settings = context.settings().captions();
    Path captions = new Path(context.data(), CAPTIONS);
    long rows =
        TableFiles.write(
            CaptionStage.run(
                context.table("select", SelectJob.POSTS), settings, thresholds(settings)),
            captions);
    return new StageResult().output(CAPTIONS, captions, rows);
  }

  private static Optional<QualityThresholds> thresholds(CaptionSettings settings) {
    return switch (settings.quality().source()) {
      case NONE -> Optional.empty();
      case DELTA -> Optional.of(QualityThresholds.DELTA);
      case HAKUBOORU -> Optional.of(QualityThresholds.HAKUBOORU);
      default -> throw new SettingsException("Invalid captions.quality.source");
    };
  }
}
