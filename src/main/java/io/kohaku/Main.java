package io.kohaku;

import io.kohaku.cli.ExitCode;
import io.kohaku.cli.Jobs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The one entry point: {@code <job> [--conf FILE]… [--set key=value]…}. */
@Command(
    name = "kohaku",
    description = "From a booru metadata dump and its image archives to a trained SDXL adapter.",
    synopsisSubcommandLabel = "<job>",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done, or everything was up to date",
      "1:a bug",
      "2:the command line, the settings or a file they name cannot be used, or much work would be lost unasked",
      "3:the data is worse than a gate allows, or what was computed is worth nothing",
      "4:the cluster does not give what the job needs",
      "5:reading or writing failed, or another runs the same stage; trying again may help"
    })
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /** Runs one job and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // Even where all went well: in local mode a timer of Spark's would keep the process alive.
    System.exit(commandLine().execute(arguments));
  }

  /** The command with all its jobs; failures become exit codes. */
  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new Main());
    Jobs.addTo(command);
    command.setExecutionExceptionHandler(
        (failure, line, parsed) -> {
          ExitCode code = ExitCode.of(failure);
          boolean told = ExitCode.isToldInFull(failure);
          line.getErr().println(message(told ? ExitCode.deciding(failure) : failure));
          if (!told) {
            LOG.error("The job {} failed", line.getCommandName(), failure);
          }
          return code.value();
        });
    return command;
  }

  private static String message(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
