package io.kohaku.latent.npz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.Bucket;
import io.kohaku.settings.BucketSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainableSizesTest {
  private static final TrainableSizes LISTED =
      new TrainableSizes(new BucketSettings(1024, 1024, 256, 4096, 64, true));
  private static final TrainableSizes MEASURED =
      new TrainableSizes(new BucketSettings(1024, 1024, 256, 4096, 64, false));

  /** Also of another step, and of another resolution's area. */
  @ParameterizedTest
  @CsvSource({"1024, 1024", "256, 4096", "4096, 256", "288, 800", "2048, 2048"})
  void anyMultipleOf32PixelsIsTakenWithinTheSides(int width, int height) {
    assertThat(LISTED.problem(new Bucket(width, height))).isEmpty();
    assertThat(MEASURED.problem(new Bucket(width, height))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"216, 152, 19 x 27", "8, 8, 1 x 1", "40000, 16, 2 x 5000", "1024, 1008, 126 x 128"})
  void whatTheUNetCannotHalveTwiceIsNot(int width, int height, String shown) {
    String problem = shown + " latents are no multiple of 4 (pictures of multiples of 32 pixels)";
    assertThat(LISTED.problem(new Bucket(width, height))).hasValue(problem);
    assertThat(MEASURED.problem(new Bucket(width, height))).hasValue(problem);
  }

  @Test
  void sidesThatNoBucketHasAreNot() {
    String sides = " pixels, whose sides images.buckets keeps from 256 to 4096";
    assertThat(LISTED.problem(new Bucket(224, 1024)))
        .hasValue("128 x 28 latents, of a picture of 224x1024" + sides);
    assertThat(LISTED.problem(new Bucket(4128, 256)))
        .hasValue("32 x 516 latents, of a picture of 4128x256" + sides);
  }

  @Test
  void bucketsMadeToMeasureKeepToTheirAreaAlone() {
    assertThat(MEASURED.problem(new Bucket(32, 32))).isEmpty();
    assertThat(MEASURED.problem(new Bucket(32, 32768))).isEmpty();
    assertThat(MEASURED.problem(new Bucket(40000, 32)))
        .hasValue(
            "4 x 5000 latents, of a picture of 40000x32 pixels, whose sides images.buckets keeps from 32 to 32768");
  }
}
