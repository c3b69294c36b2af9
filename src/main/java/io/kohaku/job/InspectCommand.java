package io.kohaku.job;

import io.kohaku.weights.Inspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what is in safetensors files; publishes nothing. */
@Command(
    name = "inspect",
    description = "Print header, texts, tensors with norms, and adapter blocks of weight files.")
final class InspectCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Safetensors files.")
  private List<Path> files = List.of();

  @Option(names = "--check", description = "Check that the files are there, then stop.")
  private boolean check;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        System.err.println("Missing safetensors file: " + file);
        return ExitCode.USAGE.value();
      }
      if (!check) {
        Inspection.of(file).forEach(System.out::println);
      }
    }
    return ExitCode.DONE.value();
  }
}
