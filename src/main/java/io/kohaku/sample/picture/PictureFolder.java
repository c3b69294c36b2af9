package io.kohaku.sample.picture;

import ai.djl.Device;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.sample.PictureSampler;
import io.kohaku.sample.Preconditioning;
import io.kohaku.sample.prompt.PromptTokens;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.SampleSettings;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.ModelHashes;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** Draws the pictures of a checkpoint, with adapters or without, into a folder. */
public final class PictureFolder {
  /** The contact sheet's file. */
  public static final String SHEET = PictureRound.SHEET;

  private final ModelSettings model;
  private final SampleSettings settings;
  private final String program;
  private final Device device;

  /**
   * Pictures after these settings.
   *
   * @param program what the pictures name as their maker
   * @param device where they are drawn
   */
  public PictureFolder(
      ModelSettings model, SampleSettings settings, String program, Device device) {
    this.model = model;
    this.settings = settings;
    this.program = program;
    this.device = device;
  }

  /**
   * Draws.
   *
   * @param checkpoint what draws
   * @param adapters adapters that are added to it
   * @param drawn told how many pictures are done
   * @return how many pictures there are
   */
  public int draw(
      Path checkpoint, List<MergedAdapters.Source> adapters, Path folder, IntConsumer drawn)
      throws IOException {
    Autograd.enterThread();
    PredictionMarks.of(checkpoint).require("sample.prediction", settings.prediction(), checkpoint);
    Preconditioning preconditioning =
        Preconditioning.of(settings.prediction(), settings.zeroTerminalSnr());
    PictureOrigin origin =
        new PictureOrigin(
            PictureRound.name(checkpoint),
            hash(checkpoint),
            model.vae().map(Path::of).map(PictureFolder::autoencoder),
            preconditioning.zeroTerminal(),
            OptionalLong.empty(),
            program);
    ModelOptions options = ModelOptions.of(model, settings.precision());
    try (SdxlCheckpoint opened =
            SdxlCheckpoint.open(checkpoint, model.vae().map(Path::of), options);
        Sdxl sdxl = Sdxl.open(opened, device, List.of(LayerKernels.PLAIN));
        Vae vae = Vae.open(opened, device, Dtype.F32)) {
      MergedAdapters.merge(sdxl, adapters);
      PromptTokens tokens = PictureRound.tokens(Path.of(model.tokenizer()));
      PictureSampler sampler =
          new PictureSampler(sdxl, vae, tokens, settings.tile(), preconditioning);
      return new PictureRound(settings, origin).draw(sampler, folder, drawn);
    } catch (WorthlessResultException e) {
      String vae = model.vae().map(file -> " with the VAE of " + file).orElse("");
      throw new WorthlessResultException(
          "%s (drawn by %s%s)".formatted(e.getMessage(), checkpoint, vae));
    }
  }

  private static String autoencoder(Path vae) {
    String name = "VAE: " + vae.getFileName();
    return hash(vae).map(digits -> "VAE hash: %s, %s".formatted(digits, name)).orElse(name);
  }

  /** A folder in diffusers' layout has none. */
  private static Optional<String> hash(Path checkpoint) {
    return Files.isRegularFile(checkpoint)
        ? Optional.of(ModelHashes.ofFile(checkpoint).sha256().substring(0, 10))
        : Optional.empty();
  }
}
