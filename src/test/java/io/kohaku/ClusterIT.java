package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole recipe on a standalone cluster, as a user submits it. */
class ClusterIT {
  private static final String PROPERTIES =
      """
      spark.executor.instances=2
      spark.executor.cores=2
      spark.executor.memory=1g
      spark.cores.max=4
      spark.executor.resource.gpu.amount=1
      spark.task.cpus=1
      spark.task.resource.gpu.amount=0.5
      spark.dynamicAllocation.enabled=false
      spark.executorEnv.KOHAKU_SIMULATED_GPUS=2
      spark.executor.extraJavaOptions=-Dai.djl.offline=true
      spark.sql.shuffle.partitions=4
      spark.ui.enabled=false
      """;

  @TempDir Path folder;

  private Submitted submit(String job, Map<String, String> environment, String... settings)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("./submit.sh", job, "--conf", "conf/demo.conf"));
    List<String> all = new ArrayList<>(List.of("run.work=" + folder.resolve("run")));
    all.addAll(List.of("demo.posts=50", "sample.steps=1", "lokr.mode=merged"));
    all.addAll(List.of("train.validation.held-out=4", "train.micro-batches-per-update=2"));
    all.addAll(List.of(settings));
    all.forEach(setting -> command.addAll(List.of("--set", setting)));
    return Submitted.run(folder, environment, command);
  }

  private Submitted pipeline(Map<String, String> environment, String... settings)
      throws IOException, InterruptedException {
    String base = folder.resolve("run/demo-data/files/base.safetensors").toString();
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("merge.checkpoints=[{file=\"%s\",ratio=1,restored=false}]".formatted(base));
    all.addAll(List.of("cluster.task-cpus=2", "cluster.task-gpus=1"));
    return submit("pipeline", environment, all.toArray(String[]::new));
  }

  @Test
  void thePipelineTrainsOnTwoExecutorsWithAGpuEach() throws Exception {
    Submitted data = submit("demo-data", Map.of("MASTER", "local[2]"));
    assertThat(data.code()).as(data.output()).isZero();
    Path properties = Files.writeString(folder.resolve("cluster.properties"), PROPERTIES);
    try (StandaloneCluster cluster = new StandaloneCluster(folder, 4, 2)) {
      Map<String, String> environment =
          Map.of("MASTER", cluster.master(), "PROPERTIES", properties.toString());
      Submitted whole = pipeline(environment, "train.steps=2");
      assertThat(whole.code()).as(whole.output()).isZero();
      assertThat(whole.output())
          .contains("merge      done in", "select     done in", "verify     done in");
      assertThat(Files.readString(folder.resolve("run/train/manifest.json")))
          .as("trained on what was merged")
          .contains("/run/merge/data-");
      assertThat(cluster.executorLogs())
          .contains("rank 0 of 2 has the simulated GPU", "rank 1 of 2 has the simulated GPU")
          .containsPattern("rank [01] of 2 has the simulated GPU 0 and computes on the CPU")
          .containsPattern("rank [01] of 2 has the simulated GPU 1 and computes on the CPU");

      Submitted more =
          pipeline(environment, "train.steps=3", "cluster.ranks=3", "cluster.slot-timeout=20s");
      assertThat(more.code()).as(more.output()).isEqualTo(4);
      assertThat(more.output())
          .contains("prepare    up to date")
          .contains("Cannot start 3 ranks: the application has 2 slots on 2 executors after 20 s")
          .contains("one rank needs 2 cores and 1 GPU");
      anAssignedGpuThatIsNotThereEndsJobsAtOnce(cluster);
    }
  }

  /** Executors that do not know that their GPUs are made up look for them. */
  private void anAssignedGpuThatIsNotThereEndsJobsAtOnce(StandaloneCluster cluster)
      throws Exception {
    String unaware = PROPERTIES.replace("KOHAKU_SIMULATED_GPUS=2", "KOHAKU_SIMULATED_GPUS=");
    Path properties = Files.writeString(folder.resolve("unaware.properties"), unaware);
    Map<String, String> environment =
        Map.of("MASTER", cluster.master(), "PROPERTIES", properties.toString());
    Pattern refusal =
        Pattern.compile(
            "Missing device of (partition|rank) \\d+( of 2)? on 127.0.0.1: it was assigned GPU [01] and libtorch sees 0 GPUs \\(libtorch .* has no CUDA: build with -Dgpu");
    for (String job : List.of("encode", "train")) {
      Submitted refused = submit(job, environment, "run.seed=9");
      assertThat(refused.code()).as(refused.output()).isEqualTo(4);
      assertThat(refused.output())
          .containsPattern(refusal)
          .doesNotContain("failed 4 times", "ShuffleMapStage failed");
    }
  }
}
