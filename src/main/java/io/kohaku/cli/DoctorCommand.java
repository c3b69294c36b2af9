package io.kohaku.cli;

import io.kohaku.device.Doctor;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what this machine would train with; starts no Spark, publishes nothing. */
@Command(
    sortOptions = false,
    description = "Say in five lines what this machine would train with (also submit.sh --doctor).")
final class DoctorCommand implements Callable<Integer> {
  @Mixin private JobOptions options = new JobOptions();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Settings settings = options.source().settings();
    Doctor doctor = Doctor.look(settings, spark());
    PrintWriter out = spec.commandLine().getOut();
    doctor.lines().forEach(out::println);
    out.flush();
    return (doctor.usable() ? ExitCode.DONE : ExitCode.RESOURCES).value();
  }

  private static String spark() throws IOException {
    Properties told = new Properties();
    try (InputStream in =
        DoctorCommand.class.getResourceAsStream("/spark-version-info.properties")) {
      if (in != null) {
        told.load(in);
      }
    }
    String home = System.getenv("SPARK_HOME");
    return "%s; Java %s (%s)"
        .formatted(
            home == null
                ? "%s, embedded".formatted(told.getProperty("version", "of no version"))
                : "that of SPARK_HOME=" + home,
            Runtime.version(),
            System.getProperty("java.vendor"));
  }
}
