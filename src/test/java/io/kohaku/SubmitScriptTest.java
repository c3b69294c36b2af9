package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code submit.sh} in a project of empty files, with a Maven and a Java that only take notes. */
class SubmitScriptTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(0);

  @TempDir private Path folder;

  @BeforeEach
  void makeProject() throws IOException {
    Files.copy(
        Path.of("submit.sh"), folder.resolve("submit.sh"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createFile(folder.resolve("pom.xml"));
    Files.createDirectories(folder.resolve("src/main"));
    Files.createDirectories(folder.resolve("target/spark/jars"));
    program("bin/mvn", "echo \"$@\" >> " + folder.resolve("maven"));
    program("java/bin/java", "echo \"$@\" >> " + folder.resolve("java-calls"));
  }

  private void program(String name, String line) throws IOException {
    Path program = folder.resolve(name);
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/usr/bin/env bash\n" + line + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A jar that is older than its sources. */
  private void builtBefore(String... entries) throws IOException {
    Path jar = folder.resolve("target/kohaku-spark.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
      }
    }
    Files.setLastModifiedTime(jar, LONG_AGO);
  }

  private String notes(String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }

  private Submitted submit(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(folder + "/submit.sh"));
    command.addAll(List.of(arguments));
    String path = folder.resolve("bin") + ":" + System.getenv("PATH");
    return Submitted.run(
        folder, Map.of("PATH", path, "JAVA_HOME", folder.resolve("java").toString()), command);
  }

  @Test
  void whatWasBuiltWithCudaIsBuiltWithCudaAgain() throws Exception {
    builtBefore(
        "jnilib/linux-x86_64/cu128/libdjl_torch.so", "pytorch/cu128/linux-x86_64/libc10.so");
    Submitted help = submit("--help");
    assertThat(help.code()).as(help.output()).isZero();
    assertThat(help.output()).contains("Building Kohaku Spark with -Dgpu…");
    assertThat(notes("maven"))
        .isEqualTo("-q -B -f %s/pom.xml -Dgpu -DskipTests package".formatted(folder));
  }

  @Test
  void whyIsToldHereAsTheClusterWouldSeeIt() throws Exception {
    builtBefore();
    Files.createDirectories(folder.resolve("jobs"));
    Files.writeString(
        folder.resolve("jobs/encode.properties"),
        "spark.master=yarn\nspark.task.resource.gpu.amount=1\n");
    Submitted why = submit("encode", "--why", "--set", "run.seed=2");
    assertThat(why.code()).as(why.output()).isZero();
    assertThat(notes("java-calls").lines())
        .singleElement(STRING)
        .contains(" -Dspark.master=yarn -Dspark.task.resource.gpu.amount=1 -cp ")
        .endsWith(" io.kohaku.Main encode --why --set run.seed=2");
  }

  @Test
  void whatWasBuiltForCpusOrNeverIsBuiltForCpus() throws Exception {
    builtBefore("jnilib/linux-x86_64/cu128/libdjl_torch.so", "pytorch/cpu/linux-x86_64/libc10.so");
    submit("--help");
    Files.delete(folder.resolve("target/kohaku-spark.jar"));
    Submitted help = submit("--help");
    assertThat(help.output()).contains("Building Kohaku Spark…");
    assertThat(notes("maven").lines())
        .containsOnly("-q -B -f %s/pom.xml -DskipTests package".formatted(folder))
        .hasSize(2);
  }

  @Test
  void theDoctorRunsOnceAndStartsNoSpark() throws Exception {
    builtBefore("pytorch/cpu/linux-x86_64/libc10.so");
    submit("--doctor", "--set", "cluster.device=gpu");
    assertThat(notes("java-calls").lines())
        .singleElement()
        .asString()
        .endsWith("io.kohaku.Main doctor --set cluster.device=gpu --check");
    program("java/bin/java", "exit 4");
    assertThat(submit("--doctor").code()).isEqualTo(4);
  }
}
