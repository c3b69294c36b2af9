package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code conf/delta.conf} is faithful where the card's run differed from what is correct. */
class DeltaRecipeTest {
  private static final Settings DELTA =
      SettingsSource.read(List.of(Path.of("conf", "delta.conf")), List.of()).settings();
  private static final Settings CORRECT = SettingsSource.read(List.of(), List.of()).settings();

  @Test
  void theNetworksAreWhatSdScriptsHad() {
    assertThat(DELTA.model().timestepDivisor()).isEqualTo(159);
    assertThat(CORRECT.model().timestepDivisor()).isEqualTo(160);
    assertThat(DELTA.model().pooledProjection())
        .isEqualTo(ModelSettings.PooledProjection.TRANSPOSED);
    assertThat(CORRECT.model().pooledProjection())
        .isEqualTo(ModelSettings.PooledProjection.STANDARD);
  }

  @Test
  void picturesAreReadAsTheReferenceReadThem() {
    assertThat(DELTA.images().alpha()).isEqualTo(ImageSettings.Alpha.DROP);
    assertThat(CORRECT.images().alpha()).isEqualTo(ImageSettings.Alpha.COMPOSITE);
    assertThat(DELTA.images().orientation()).isEqualTo(ImageSettings.Orientation.IGNORE);
    assertThat(CORRECT.images().orientation()).isEqualTo(ImageSettings.Orientation.APPLY);
  }

  @Test
  void anUpdateIsOneHundredAndTwentyEightImages() {
    TrainSettings train = DELTA.train();
    assertThat(train.microBatch() * train.microBatchesPerUpdate()).isEqualTo(128);
    assertThat(train.compute()).isEqualTo(Precision.FP16);
    assertThat(train.optimizer().betas()).containsExactly(0.9, 0.95);
    assertThat(Path.of(DELTA.lokr().preset())).isRegularFile();
  }
}
