package io.kohaku.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BranchingTest {
  /** AdamW's count of steps and the scales of 8-bit blocks fit where the parameter does not. */
  @Test
  void theOptimizersMemoryOfAParameterIsTakenWholeOrNotAtAll() {
    Map<String, NDArray> all =
        named(
            "a.w1.state1",
            "a.w1.absmax1",
            "a.w2.state1",
            "b.w1.state1",
            "b.w1.absmax1",
            "new.state1");
    Map<String, NDArray> fitting =
        named("a.w1.state1", "a.w1.absmax1", "a.w2.state1", "b.w1.absmax1");
    assertThat(Branching.whole(fitting, all, named("a.w1", "a.w2", "b.w1")).keySet())
        .containsExactly("a.w1.state1", "a.w1.absmax1", "a.w2.state1");
    assertThat(Branching.whole(fitting, all, named("a.w1")).keySet())
        .containsExactly("a.w1.state1", "a.w1.absmax1");
  }

  /** Only names count here. */
  private static Map<String, NDArray> named(String... names) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    Arrays.asList(names).forEach(name -> tensors.put(name, null));
    return tensors;
  }
}
