package io.kohaku.recipe;

import io.kohaku.cluster.DeviceChoice;
import io.kohaku.device.DeviceWish;
import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.engine.model.CheckpointCheck;
import io.kohaku.files.LocalModel;
import io.kohaku.files.LocalOutput;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.Version;
import io.kohaku.sample.picture.PictureFolder;
import io.kohaku.settings.BakeSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.SampleSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws pictures and a contact sheet. */
public final class SampleJob implements StageJob {
  private static final Logger LOG = LoggerFactory.getLogger(SampleJob.class);

  @Override
  public String name() {
    return StageNames.SAMPLE;
  }

  @Override
  public String summary() {
    return "Draw pictures of prompts, with their parameters in the files, and a contact sheet.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("sample", "model");
  }

  @Override
  public Revision revision() {
    return new Revision(2, "strengths of trained lengths are linear");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    Optional<String> own = settings.sample().checkpoint();
    ModelSettings model = settings.model();
    ModelSettings drawn =
        model.readFrom(
            own.isPresent() ? own.get() : BakeJob.base(settings),
            Optional.empty(),
            model.tokenizer());
    WeightFiles.requireTokenizer(workspace, drawn);
    if (own.isPresent()
        || settings.model().vae().isPresent()
        || !workspace.isPublished(StageNames.BAKE)) { // What is baked has the base's autoencoder.
      WeightFiles.requireCheckpoint(
          workspace,
          own.isPresent() ? "sample.checkpoint" : BakeJob.baseKey(settings),
          drawn.checkpoint(),
          settings.model(),
          CheckpointCheck.Part.AUTOENCODER);
    }
    WeightFiles.requireAdapters(workspace, "sample.adapters", settings.sample().adapters(), drawn);
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    SampleSettings sample = settings.sample();
    inputs.put(
        "checkpoint",
        sample.checkpoint().isPresent()
            ? workspace.content(sample.checkpoint().get())
            : workspace.input(StageNames.BAKE, BakeJob.CHECKPOINT));
    inputs.putAll(WeightFiles.adapterInputs(workspace, sample.adapters()));
    if (settings.model().vae().isPresent()) {
      inputs.put("vae", workspace.content(settings.model().vae().get()));
    }
    inputs.put("tokenizer", WeightFiles.tokenizerInput(workspace, settings.model()));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    SampleSettings sample = context.settings().sample();
    String checkpoint =
        sample.checkpoint().isPresent()
            ? sample.checkpoint().get()
            : workspace.output(StageNames.BAKE, BakeJob.CHECKPOINT).toString();
    List<MergedAdapters.Source> adapters = new ArrayList<>();
    for (BakeSettings.Adapter adapter : sample.adapters()) {
      adapters.add(
          new MergedAdapters.Source(
              WeightFiles.local(workspace, adapter.file()), adapter.multiplier()));
    }
    Path pictures = new Path(context.data(), "pictures");
    PictureFolder folder =
        new PictureFolder(
            LocalModel.of(context.settings().model(), workspace.hadoop()),
            sample,
            "Kohaku Spark " + Version.value(),
            DeviceChoice.ofDriver().device(DeviceWish.of(context.settings().cluster())));
    int wanted = sample.prompts().size() * sample.pictures();
    java.nio.file.Path draws = WeightFiles.local(workspace, checkpoint);
    int count =
        LocalOutput.write(
            pictures.toString(),
            workspace.hadoop(),
            local ->
                folder.draw(
                    draws,
                    adapters,
                    local,
                    drawn -> LOG.info("Drew picture {} of {}", drawn, wanted)));
    return new StageResult().output("pictures", pictures, count).count("drawn", count);
  }
}
