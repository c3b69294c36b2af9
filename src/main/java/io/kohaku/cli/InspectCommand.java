package io.kohaku.cli;

import io.kohaku.files.LocalCopy;
import io.kohaku.input.UnusableFileException;
import io.kohaku.weights.verify.Inspection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what is in safetensors files; publishes nothing. */
@Command(
    name = "inspect",
    description = "Print header, texts, tensors with norms, and adapter blocks of weight files.")
final class InspectCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Safetensors files.")
  private List<String> files = List.of();

  @Spec private CommandSpec spec;

  @Option(names = "--check", description = "Check that the files are there, then stop.")
  private boolean check;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
    for (String named : files) {
      Path file = LocalCopy.of(named, hadoop);
      if (Files.isDirectory(file)) {
        throw new UnusableFileException(
            "Cannot inspect %s: a folder (name a file in it)".formatted(named));
      } else if (!Files.exists(file)) {
        throw new UnusableFileException("Missing safetensors file: " + named);
      }
      if (!check) {
        PrintWriter out = spec.commandLine().getOut();
        Inspection.of(file).forEach(out::println);
        out.flush();
      }
    }
    return ExitCode.DONE.value();
  }
}
