package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar that is handed to {@code spark-submit}. */
class ApplicationJarIT {
  private static final Path SPARK = Path.of(System.getProperty("kohaku.spark.home"));
  private static final Path JAR = SPARK.resolveSibling("kohaku-spark.jar");

  @TempDir Path folder;

  private static Set<String> classes(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && !name.contains("-info"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void bringsNothingThatSparkShips() throws IOException {
    Set<String> ours = classes(JAR);
    assertThat(ours)
        .contains("io/kohaku/Main.class", "ai/djl/Model.class", "picocli/CommandLine.class")
        .contains("io/kohaku/shaded/gson/Gson.class")
        .noneMatch(name -> name.startsWith("com/google/gson/"))
        .noneMatch(name -> name.startsWith("org/apache/spark/") || name.startsWith("scala/"));
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(SPARK.resolve("jars"), "*.jar")) {
      for (Path jar : jars) {
        assertThat(classes(jar)).as(jar.toString()).isNotNull().doesNotContainAnyElementsOf(ours);
      }
    }
  }

  @Test
  void bringsOneFileOfLeptonica() throws IOException {
    try (JarFile file = new JarFile(JAR.toFile())) {
      assertThat(file.stream().map(entry -> entry.getName()).filter(name -> !name.endsWith("/")))
          .filteredOn(name -> name.startsWith("org/bytedeco/"))
          .hasSize(1)
          .allMatch(name -> name.contains("/libleptonica."));
    }
  }

  /** As with a Spark that knows nothing of us: the jar alone, under Spark's own class loader. */
  @Test
  void sparkSubmitNeedsNothingElse() throws Exception {
    Submitted data = submit("demo-data", "demo.posts=50");
    assertThat(data.code()).as(data.output()).isZero();
    String base = folder.resolve("run/demo-data/files/base.safetensors").toString();
    Submitted merge =
        submit("merge", "merge.checkpoints=[{file=\"%s\",ratio=1,restored=false}]".formatted(base));
    assertThat(merge.code()).as(merge.output()).isZero();
    assertThat(merge.output()).contains("merge      done in");
  }

  private Submitted submit(String job, String setting) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().strip().split("\\s+")));
    command.addAll(List.of("-cp", SPARK.resolve("jars") + "/*"));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[1]"));
    command.addAll(List.of("--class", "io.kohaku.Main", JAR.toString()));
    command.addAll(List.of(job, "--set", "run.work=" + folder.resolve("run"), "--set", setting));
    return Submitted.run(folder, Map.of("SPARK_HOME", SPARK.toString()), command);
  }
}
