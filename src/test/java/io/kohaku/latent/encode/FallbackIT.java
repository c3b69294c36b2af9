package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.OverflowingVae;
import io.kohaku.latent.exported.ExportedEncoders;
import io.kohaku.latent.exported.TinyExport;
import io.kohaku.latent.table.Outcome;
import io.kohaku.latent.table.WantedImage;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.settings.ExportVaeSettings;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of images whose latents are not finite in half precision. */
class FallbackIT {
  @TempDir private Path folder;
  private ChunkSite site;

  @BeforeEach
  void makeSite() throws IOException {
    site = new ChunkSite(folder);
  }

  @Test
  void whatOverflowsIsEncodedAgainIn32BitsAloneAndCounted() throws IOException {
    OverflowingVae.unlessGrey(site.checkpoint());
    List<WantedImage> mixed =
        List.of(site.grey(0, 127), site.picture(1), site.grey(2, 125), site.picture(3));
    RecordedEncoders vae = new RecordedEncoders(site.source());

    List<Outcome> outcomes =
        site.encode(
            mixed,
            site.plan(Posterior.MEAN, Precision.FP32, "a")
                .with(new EncoderChoice(vae, Precision.FP16)));

    assertThat(site.fallbacks()).as("images encoded again").isEqualTo(2);
    assertThat(vae.batches).containsExactly("FP16 2", "FP32 1", "FP16 2", "FP32 1");
    assertThat(vae.opened).as("each once").containsExactly(Precision.FP16, Precision.FP32);
    assertThat(vae.open).as("left open").isZero();
    Map<Long, float[]> half = site.latents(outcomes, "a");
    Map<Long, float[]> exact = new TreeMap<>();
    for (WantedImage image : mixed) { // One by one, as they are encoded again.
      exact.putAll(
          site.latents(
              site.encode(List.of(image), site.plan(Posterior.MEAN, Precision.FP32, "b")), "b"));
    }
    assertThat(half.get(1L)).isEqualTo(exact.get(1L));
    assertThat(half.get(3L)).isEqualTo(exact.get(3L));
    assertThat(half.get(0L)).as("not made in fp32").isNotEqualTo(exact.get(0L));

    List<WantedImage> greys =
        List.of(site.grey(0, 127), site.grey(1, 130), site.grey(2, 125), site.grey(3, 129));
    Map<Long, float[]> quiet =
        site.latents(site.encode(greys, site.plan(Posterior.MEAN, Precision.FP16, "c")), "c");
    assertThat(site.fallbacks()).as("not one more").isEqualTo(2);
    assertThat(half.get(0L)).as("beside an overflow").isEqualTo(quiet.get(0L));
    assertThat(half.get(2L)).as("beside an overflow").isEqualTo(quiet.get(2L));
  }

  @Test
  void theRunnerMakesNoDifferenceToThat() throws IOException {
    OverflowingVae.unlessGrey(site.checkpoint());
    List<WantedImage> mixed = List.of(site.grey(0, 127), site.picture(1), site.grey(2, 125));
    Map<Long, float[]> kernels =
        site.latents(site.encode(mixed, site.plan(Posterior.MEAN, Precision.FP16, "a")), "a");
    ExportVaeSettings settings =
        new ExportVaeSettings(Precision.FP16, Posterior.MEAN, Storage.FP16);
    ExportedEncoders model =
        ExportedEncoders.of(
            TinyExport.write(folder, site.source(), settings), Optional.empty(), site.source());
    assertThat(model.precision()).isEqualTo(Precision.FP16);
    EncodePlan predictor =
        site.plan(Posterior.MEAN, Precision.FP32, "b")
            .with(new EncoderChoice(model, model.precision()));

    Map<Long, float[]> again = site.latents(site.encode(mixed, predictor), "b");

    assertThat(site.fallbacks()).as("one for each runner").isEqualTo(2);
    assertThat(again).hasSize(3).containsOnlyKeys(kernels.keySet());
    kernels.forEach((id, values) -> assertThat(again.get(id)).isEqualTo(values));
  }

  @Test
  void aVarianceThatIsNotFiniteIsEnoughEvenWhereItIsNotStored() throws IOException {
    String bias = "first_stage_model.quant_conv.bias";
    OverflowingVae.scale(site.checkpoint(), bias, Float.NaN, LatentFormat.CHANNELS);
    List<WantedImage> images = site.images(2);
    EncodePlan half = site.plan(Posterior.MEAN, Precision.FP16, "a");
    assertThat(site.latents(site.encode(images, half), "a")).hasSize(2);
    assertThat(site.fallbacks()).isEqualTo(2);
    site.encode(images, site.plan(Posterior.MEAN, Precision.FP32, "b"));
    assertThat(site.fallbacks()).as("there is nothing to fall back to").isEqualTo(2);
  }

  @Test
  void aVaeThatGivesNoNumbersEndsItAtTheFirstImageAndIsNamed() throws IOException {
    String bias = "first_stage_model.quant_conv.bias";
    OverflowingVae.scale(site.checkpoint(), bias, Float.NaN);
    List<WantedImage> images = site.images(2);
    assertThatThrownBy(() -> site.encode(images, site.plan(Posterior.SAMPLE, Precision.BF16, "a")))
        .isInstanceOf(WorthlessResultException.class)
        .hasMessageStartingWith("Cannot encode post ")
        .hasMessageContaining("the VAE of " + site.checkpoint())
        .hasMessageContaining("tensor " + bias + " has numbers that are none");
    assertThat(site.fallbacks()).as("the first image alone").isEqualTo(1);
  }

  @Test
  void whatIsTooLargeForTheStorageIsRejected() throws IOException {
    OverflowingVae.scale(site.checkpoint(), "first_stage_model.quant_conv.bias", 1e9f);
    List<Outcome> outcomes =
        site.encode(site.images(2), site.plan(Posterior.MEAN, Precision.FP32, "a"));
    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy(
            outcome -> {
              Outcome.Rejected rejected = (Outcome.Rejected) outcome;
              assertThat(rejected.reason()).isEqualTo("latent-not-finite");
              assertThat(rejected.detail())
                  .isEqualTo("the VAE in fp32 gives values that are too large for FP16");
            });
  }
}
