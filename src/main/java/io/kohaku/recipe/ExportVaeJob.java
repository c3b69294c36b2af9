package io.kohaku.recipe;

import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.engine.model.CheckpointCheck;
import io.kohaku.files.LocalCopy;
import io.kohaku.latent.exported.ExportedEncoders;
import io.kohaku.latent.exported.ModelWriter;
import io.kohaku.latent.exported.VaeRecipe;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.LatentSettings.Computing;
import io.kohaku.settings.LatentSettings.Runner;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Writes the VAE's encoder as a model that DJL loads, with its weights. */
public final class ExportVaeJob implements StageJob {
  /** The output with the model's folder. */
  static final String MODEL = "model";

  @Override
  public String name() {
    return StageNames.EXPORT_VAE;
  }

  @Override
  public String summary() {
    return "Export the VAE's encoder as a model that DJL loads, from image bytes to latents.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("export-vae", "images");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    WeightFiles.requireModel(workspace, settings.model(), CheckpointCheck.Part.AUTOENCODER);
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.putAll(WeightFiles.modelInputs(workspace, settings.model()));
    inputs.put("kernels", new Manifest.Input("this program", VaeRecipe.currentKernels()));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Settings settings = context.settings();
    VaeSource vae = VaeSource.of(settings.model()).onThisMachine(context.workspace().hadoop());
    VaeRecipe recipe = VaeRecipe.of(vae, settings.exportVae(), settings.images());
    Path folder = new Path(context.data(), recipe.folder());
    int tensors =
        ModelWriter.write(
            vae,
            recipe,
            name ->
                Channels.newOutputStream(
                    WeightFiles.create(context.workspace(), new Path(folder, name))));
    return new StageResult().output(MODEL, folder, tensors);
  }

  /**
   * The encoder that {@code latents.runner} names. A model computes in what it was exported in;
   * where that is not the precision asked for, it is refused.
   */
  static EncoderChoice encoder(StageContext context) throws IOException {
    Settings settings = context.settings();
    VaeSource vae = VaeSource.of(settings.model()).with(settings.latents().memoryFormat());
    if (settings.latents().runner() == Runner.KERNELS) {
      return new EncoderChoice(vae, EncodeJob.precision(settings));
    }
    Configuration hadoop = context.workspace().hadoop();
    Path model = context.workspace().output(StageNames.EXPORT_VAE, MODEL);
    java.nio.file.Path here = LocalCopy.of(model.toString(), hadoop);
    Computing asked = settings.latents().precision();
    Optional<Precision> wanted =
        asked == Computing.AUTO ? Optional.empty() : Optional.of(asked.precision(false));
    try {
      Precision precision =
          ExportedEncoders.of(here, wanted, vae.onThisMachine(hadoop)).precision();
      return new EncoderChoice(new ExportedEncoders(model.toString(), precision, vae), precision);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
  }
}
