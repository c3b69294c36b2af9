package io.kohaku.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GpuTasksTest {
  private static SparkConf conf(String master) {
    return new SparkConf(false).set("spark.master", master);
  }

  @ParameterizedTest
  @CsvSource({"local, true", "local[4], true", "'local[*,2]', true", "local[*], false"})
  void inLocalModeTasksTakeWhatTheDriverSees(String master, boolean sees) {
    SparkConf conf = conf(master).set("spark.executorEnv.KOHAKU_SIMULATED_GPUS", "2");
    assertThat(GpuTasks.expected(new TaskShare(8, 1), conf, () -> sees)).isEqualTo(sees);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1, true",
    "0, 0, 0.125, true",
    "0, 0, 0, false",
    "0, 1, 0, false", // Without cores of their own tasks are as all others are.
    "8, 1, 0, true",
    "8, 0, 1, false",
  })
  void onAClusterThoseThatSparkGivesThem(int cpus, int gpus, String amount, boolean expected) {
    for (String master : new String[] {"yarn", "k8s://https://api", "local-cluster[2,1,1024]"}) {
      SparkConf conf = conf(master).set("spark.task.resource.gpu.amount", amount);
      assertThat(GpuTasks.expected(new TaskShare(cpus, gpus), conf, GpuTasksTest::notAsked))
          .as(master)
          .isEqualTo(expected);
    }
  }

  @Test
  void aClusterThatWasToldOfNoneGivesNone() {
    assertThat(GpuTasks.expected(TaskShare.ANY, conf("yarn"), GpuTasksTest::notAsked)).isFalse();
  }

  @Test
  void simulatedGpusComputeOnTheCpu() {
    SparkConf conf = conf("yarn").set("spark.task.resource.gpu.amount", "1");
    assertThat(GpuTasks.expected(TaskShare.ANY, conf, GpuTasksTest::notAsked)).isTrue();
    conf.set("spark.executorEnv.KOHAKU_SIMULATED_GPUS", "2");
    assertThat(GpuTasks.expected(TaskShare.ANY, conf, GpuTasksTest::notAsked)).isFalse();
  }

  private static boolean notAsked() {
    throw new AssertionError("a cluster's driver need not have libtorch");
  }
}
