package io.kohaku.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PurposeTest {
  private static final List<Keys> LENGTHS =
      List.of(
          new Keys(0, 1), new Keys(1, 1000), new Keys(2, 100), new Keys(3, 40), new Keys(4, 13));

  @Test
  void theNumbersAreTheseForEver() {
    assertThat(Arrays.stream(Purpose.values()).map(purpose -> purpose + " " + purpose.number()))
        .containsExactly(
            "EPOCH_SLOTS 1",
            "EPOCH_ROWS 2",
            "TIMESTEP 3",
            "NOISE 4",
            "TRAINED_POSTERIOR 5",
            "STORED_POSTERIOR 6",
            "MOMENTS 7",
            "AUGMENTATION 8",
            "SELECTION 9",
            "LOKR_START 10",
            "ROW_DROPOUT 11",
            "LAYER_DROPOUT 12",
            "CHUNKS 13",
            "LATENT_ROWS 14",
            "HELD_OUT 15",
            "FORWARD_PROBE 16",
            "DEMO_POSTS 17",
            "TRIAL 18");
    assertThat(Arrays.stream(Purpose.values()).map(Purpose::number)).doesNotHaveDuplicates();
  }

  @Test
  void theRowsOfBucketElevenAndTheTimestepOfPlaceTwoHaveTwoStreams() {
    assertThat(SeededStream.seed(Purpose.EPOCH_ROWS, 1, 0, 11))
        .isNotEqualTo(SeededStream.seed(Purpose.TIMESTEP, 1, 0, 2));
  }

  /**
   * Keys of 0 to 4 small numbers, as seeds, epochs, places and buckets are. Among 1.9 million
   * random 64-bit numbers two are equal with a probability of 1e-7.
   */
  @Test
  void noTwoPurposesMeet() {
    long[] seeds =
        Arrays.stream(Purpose.values())
            .flatMapToLong(purpose -> LENGTHS.stream().flatMapToLong(keys -> seeds(purpose, keys)))
            .sorted()
            .toArray();
    assertThat(seeds).hasSizeGreaterThan(1_800_000);
    assertThat(IntStream.range(1, seeds.length).filter(i -> seeds[i] == seeds[i - 1])).isEmpty();
  }

  private static LongStream seeds(Purpose purpose, Keys keys) {
    int count = (int) Math.pow(keys.below(), keys.length());
    return IntStream.range(0, count).mapToLong(index -> SeededStream.seed(purpose, keys.at(index)));
  }

  /** All keys of so many numbers from 0 to below a bound. */
  private record Keys(int length, int below) {
    long[] at(int index) {
      long[] keys = new long[length];
      int left = index;
      for (int i = 0; i < length; i++) {
        keys[i] = left % below;
        left /= below;
      }
      return keys;
    }
  }
}
