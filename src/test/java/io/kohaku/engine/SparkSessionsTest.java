package io.kohaku.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkSessionsTest {
  private static String wait(SparkConf conf) {
    return SparkSessions.settled(conf).get("spark.locality.wait", "default");
  }

  @Test
  void aLocalMasterDoesNotWaitForOtherMachines() {
    for (String master : new String[] {"local", "local[2]", "local[*]", "local[2,3]"}) {
      assertThat(wait(new SparkConf(false).setMaster(master))).as(master).isEqualTo("0s");
    }
    SparkConf own = new SparkConf(false).setMaster("local[2]").set("spark.locality.wait", "1s");
    assertThat(wait(own)).isEqualTo("1s");
  }

  @Test
  void clustersKeepSparksOwnWait() {
    for (String master : new String[] {"local-cluster[2,1,1024]", "yarn", "spark://host:7077"}) {
      assertThat(wait(new SparkConf(false).setMaster(master))).as(master).isEqualTo("default");
    }
    assertThat(wait(new SparkConf(false))).isEqualTo("default");
  }
}
