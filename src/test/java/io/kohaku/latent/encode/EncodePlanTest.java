package io.kohaku.latent.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodePlanTest {
  private static EncodePlan plan(String... overrides) {
    Settings settings = SettingsSource.read(List.of(), List.of(overrides)).settings();
    return new EncodePlan(
        settings.images(),
        settings.latents(),
        VaeSource.of(settings.model()),
        settings.run().seed(),
        "store");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "images.shards=[elsewhere]",
        "images.max-bytes=1 MiB",
        "images.max-pixels=5",
        "images.max-side=9",
        "images.max-frames=3",
        "latents.runner=predictor",
        "latents.batch-size=9",
        "latents.batch-pixels=9",
        "latents.precision=fp32",
        "latents.chunk-size=9",
        "latents.decode-threads=9",
        "latents.prefetch=9",
        "latents.imports=[caches]",
        "latents.max-reject-fraction=1",
        "captions.short-name=4",
      })
  void latentsAreUsedAgainUnderSettingsThatDoNotChangeThem(String setting) {
    assertThat(plan(setting).key("vae")).isEqualTo(plan().key("vae"));
    assertThat(plan(setting).importKey()).isEqualTo(plan().importKey());
  }

  @Test
  void latentsAreMadeAnewUnderSettingsThatChangeThem() {
    Set<String> keys = new HashSet<>(Set.of(plan().key("vae"), plan().key("another vae")));
    List<String> settings =
        List.of(
            "images.alpha=drop",
            "images.background=\"000000\"",
            "images.orientation=ignore",
            "images.resize=area-down-lanczos-up",
            "images.shrink-on-load=true",
            "images.buckets.step=32",
            "images.buckets.upscale=false",
            "latents.precision=bf16",
            "latents.memory-format=channels-last",
            "latents.posterior=mean",
            "latents.storage=fp32",
            "run.seed=2");
    settings.forEach(setting -> keys.add(plan(setting).key("vae")));
    assertThat(keys).hasSize(settings.size() + 2);
  }

  @Test
  void theKeyNamesWhatTheVaeComputesInNotHowThatWasDecided() {
    EncodePlan auto = plan();
    EncodePlan onGpus = auto.with(new EncoderChoice(auto.vae(), Precision.FP16));
    assertThat(onGpus.key("vae")).isEqualTo(plan("latents.precision=fp16").key("vae"));
    assertThat(onGpus.key("vae")).isNotEqualTo(auto.key("vae"));
    assertThat(onGpus.importKey()).isEqualTo(auto.importKey());
  }

  @Test
  void theSeedMattersWhereItDrawsAndTheModelNotToImports() {
    assertThat(plan("run.seed=2", "latents.posterior=mean").key("vae"))
        .isEqualTo(plan("latents.posterior=mean").key("vae"));
    String imported = plan().importKey();
    assertThat(plan("latents.precision=bf16", "run.seed=2").importKey()).isEqualTo(imported);
    assertThat(plan("latents.storage=fp32").importKey()).isNotEqualTo(imported);
    assertThat(plan("images.buckets.step=32").importKey()).isNotEqualTo(imported);
  }

  @Test
  void theKeysAreTheseTexts() {
    String buckets =
        "buckets.width=1024 buckets.height=1024 buckets.min-side=256 buckets.max-side=4096"
            + " buckets.step=64 buckets.upscale=true";
    assertThat(plan().keyText("f00d"))
        .isEqualTo(
            "alpha=COMPOSITE background=ffffff orientation=APPLY resize=AREA shrink-on-load=false "
                + buckets
                + " precision=FP32 posterior=SAMPLE storage=FP16 seed=1 stream=2 vae=f00d");
    assertThat(plan().key("f00d")).isEqualTo("6b2d0a8dc502c1b2170ee0d57aaae36a");
    assertThat(plan("latents.posterior=mean").keyText("f00d"))
        .endsWith(" precision=FP32 posterior=MEAN storage=FP16 vae=f00d");
    assertThat(plan("latents.posterior=moments", "latents.precision=bf16").keyText("f00d"))
        .endsWith(" precision=BF16 posterior=MOMENTS storage=FP16 vae=f00d");
    assertThat(plan().importKeyText()).isEqualTo("source=npz taken=2 " + buckets + " storage=FP16");
    assertThat(plan().importKey()).isEqualTo("98515ae39e7b0a1d985f2110ce209ba0");
  }
}
