package io.kohaku.train.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.cluster.ring.Rank;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochOrderTest {
  private static final List<Integer> UNEVEN = List.of(7, 1, 0, 4, 13, 2);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void everyImageComesExactlyOncePerEpochOverAllRanks(int ranks) {
    for (int epoch = 0; epoch < 5; epoch++) {
      EpochOrder order = new EpochOrder(UNEVEN, 4, 42, epoch);
      UpdatePlan plan = new UpdatePlan(order.slots(), 5);
      List<String> seen = new ArrayList<>();
      Set<Long> places = new HashSet<>();
      for (int update = 0; update < plan.updates(); update++) {
        for (int index = 0; index < ranks; index++) {
          for (int slot : plan.slots(update, new Rank(index, ranks))) {
            EpochOrder.Slot micro = order.slot(slot);
            assertThat(micro.rows().length).isBetween(1, 4);
            for (int i = 0; i < micro.rows().length; i++) {
              seen.add(micro.bucket() + "/" + micro.rows()[i]);
              places.add(micro.place() + i);
            }
          }
        }
      }
      assertThat(seen).hasSize(27).doesNotHaveDuplicates();
      assertThat(places).as("each image has a place of its own").hasSize(27);
    }
  }

  @Test
  void theNumberOfRanksDoesNotChangeAnUpdate() {
    EpochOrder order = new EpochOrder(UNEVEN, 4, 42, 0);
    UpdatePlan plan = new UpdatePlan(order.slots(), 4);
    for (int update = 0; update < plan.updates(); update++) {
      int[] alone = plan.slots(update, Rank.ALONE);
      for (int ranks = 2; ranks <= 6; ranks++) {
        List<Integer> together = new ArrayList<>();
        for (int index = 0; index < ranks; index++) {
          Arrays.stream(plan.slots(update, new Rank(index, ranks))).forEach(together::add);
        }
        Collections.sort(together);
        assertThat(together).isEqualTo(Arrays.stream(alone).boxed().toList());
      }
    }
  }

  @Test
  void theOrderIsAFunctionOfSeedAndEpoch() {
    assertThat(text(new EpochOrder(UNEVEN, 4, 42, 3)))
        .isEqualTo(text(new EpochOrder(UNEVEN, 4, 42, 3)));
    assertThat(text(new EpochOrder(UNEVEN, 4, 42, 3)))
        .isNotEqualTo(text(new EpochOrder(UNEVEN, 4, 42, 4)));
    assertThat(text(new EpochOrder(UNEVEN, 4, 42, 3)))
        .isNotEqualTo(text(new EpochOrder(UNEVEN, 4, 43, 3)));
  }

  @Test
  void aMicroBatchIsFullWhereverItsBucketAllows() {
    EpochOrder order = new EpochOrder(UNEVEN, 4, 1, 0);
    List<Integer> sizes =
        IntStream.range(0, order.slots())
            .mapToObj(i -> order.slot(i).rows().length)
            .sorted()
            .toList();
    // 7 = 4+3, 1, 4, 13 = 4+4+4+1, 2.
    assertThat(sizes).containsExactly(1, 1, 2, 3, 4, 4, 4, 4, 4);
  }

  @Test
  void theCardsStepCountFollowsFromNinetySevenBuckets() {
    List<Integer> sizes = danbooruLike(3_665_398, 97);
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(3_665_398);
    long slots = EpochOrder.slots(sizes, 4);
    assertThat(slots).isBetween(916_385L, 916_416L);
    assertThat(new UpdatePlan((int) slots, 32).updates()).isEqualTo(28_638);
    EpochOrder order = new EpochOrder(sizes, 4, 1, 0);
    assertThat(order.slots()).isEqualTo((int) slots);
  }

  /** So many images spread unevenly over so many buckets, all of them occupied. */
  private static List<Integer> danbooruLike(int images, int buckets) {
    SeededStream stream = SeededStream.of(Purpose.TRIAL, 5);
    double[] weights = new double[buckets];
    for (int i = 0; i < buckets; i++) {
      weights[i] = Math.pow(stream.nextDouble(), 4) + 1e-4;
    }
    double total = Arrays.stream(weights).sum();
    List<Integer> sizes = new ArrayList<>();
    int left = images;
    for (int i = 0; i < buckets - 1; i++) {
      int size = (int) (images * weights[i] / total);
      sizes.add(size);
      left -= size;
    }
    sizes.add(left);
    return sizes;
  }

  @Test
  void aPlanNeedsSomethingToDo() {
    assertThatThrownBy(() -> new UpdatePlan(0, 32))
        .hasMessage(
            "Invalid plan: 0 micro-batches an epoch, 32 an update (both must be at least 1)");
  }

  @Test
  void drawsDependOnTheirKeysAlone() {
    SampleKey key = new SampleKey(1, 2, 3);
    assertThat(key.timestep(0, 1000)).isEqualTo(new SampleKey(1, 2, 3).timestep(0, 1000));
    assertThat(key.noiseSeed()).isNotEqualTo(key.posteriorSeed());
    assertThat(key.noiseSeed()).isNotEqualTo(new SampleKey(1, 2, 4).noiseSeed());
    int[] counts = new int[10];
    for (int place = 0; place < 100_000; place++) {
      counts[new SampleKey(1, 0, place).timestep(0, 1000) / 100]++;
    }
    assertThat(Arrays.stream(counts).boxed().toList())
        .allSatisfy(count -> assertThat(count).isBetween(9_600, 10_400));
    assertThat(new SampleKey(1, 0, 9).timestep(5, 6)).isEqualTo(5);
  }

  private static String text(EpochOrder order) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < order.slots(); i++) {
      text.append(order.slot(i).bucket()).append(Arrays.toString(order.slot(i).rows()));
    }
    return text.toString();
  }
}
