package io.kohaku.cli;

import io.kohaku.weights.verify.Inspection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
  private List<Path> files = List.of();

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
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        spec.commandLine().getErr().println("Missing safetensors file: " + file);
        return ExitCode.USAGE.value();
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
