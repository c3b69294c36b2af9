package io.kohaku.sample.picture;

import ai.djl.ndarray.NDManager;
import io.kohaku.ownership.Closer;
import io.kohaku.sample.PictureSampler;
import io.kohaku.sample.Preconditioning;
import io.kohaku.sample.prompt.PromptTokens;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Draws the pictures of section {@code sample} with the networks of a run as they stand, one folder
 * for each round.
 *
 * <p>It runs on the trainer's thread, without a graph and with generators of its own, so training
 * goes on as if nothing had been drawn.
 */
public final class TrainingPictures implements AutoCloseable {
  private final Vae vae;
  private final PictureSampler sampler;
  private final PictureRound round;
  private final Path folder;

  private TrainingPictures(Vae vae, PictureSampler sampler, PictureRound round, Path folder) {
    this.vae = vae;
    this.sampler = sampler;
    this.round = round;
    this.folder = folder;
  }

  /**
   * Pictures of these networks, which stay the caller's; the autoencoder is loaded beside them.
   *
   * @param folder where folders of rounds are made
   * @param program what the pictures name as their maker
   */
  public static TrainingPictures open(Settings settings, Sdxl sdxl, Path folder, String program)
      throws IOException {
    ModelSettings model = settings.model();
    TrainSettings.Objective objective = settings.train().objective();
    Preconditioning preconditioning =
        Preconditioning.of(objective.prediction(), objective.zeroTerminalSnr());
    Path checkpoint = Path.of(model.checkpoint());
    PictureOrigin origin =
        new PictureOrigin(
            PictureRound.name(checkpoint),
            Optional.empty(),
            model.vae().map(vae -> "VAE: " + Path.of(vae).getFileName()),
            preconditioning.zeroTerminal(),
            OptionalLong.empty(),
            program);
    NDManager manager = sdxl.manager();
    PromptTokens tokens = PictureRound.tokens(Path.of(model.tokenizer()));
    try (SdxlCheckpoint opened =
            SdxlCheckpoint.open(
                checkpoint,
                model.vae().map(Path::of),
                ModelOptions.of(model, settings.train().compute()));
        Closer opening = new Closer()) {
      Vae vae = opening.add(Vae.open(opened, manager.getDevice(), Dtype.F32));
      PictureSampler sampler =
          new PictureSampler(sdxl, vae, tokens, settings.sample().tile(), preconditioning);
      PictureRound round = new PictureRound(settings.sample(), origin);
      opening.release();
      return new TrainingPictures(vae, sampler, round, folder);
    }
  }

  /**
   * Draws a round into {@code step-<update>}, writing over what an earlier attempt left there.
   *
   * @param update updates done so far
   */
  public void draw(long update) throws IOException {
    new PictureRound(round.settings(), round.origin().at(update))
        .draw(
            sampler, folder.resolve(String.format(Locale.ROOT, "step-%09d", update)), count -> {});
  }

  @Override
  public void close() {
    vae.close();
  }
}
