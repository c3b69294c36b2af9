package io.kohaku.train;

import io.kohaku.cluster.UnsuitableClusterException;
import io.kohaku.input.UnusableFileException;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a rank tells the others before training.
 *
 * <p>What went wrong on one rank ends the run on all: another attempt would meet it again.
 */
sealed interface StartReport {
  /** How the report of a rank that goes on begins; others begin with their trouble. */
  String READY = "READY";

  /**
   * It goes on.
   *
   * @param place where from
   */
  record Ready(String place) implements StartReport {}

  /**
   * It cannot start.
   *
   * @param trouble of which kind
   * @param problem what went wrong
   */
  record Refused(Trouble trouble, String problem) implements StartReport {
    private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

    static Refused because(Exception e) {
      Optional<Throwable> fault = usersFault(e);
      if (fault.isPresent()) {
        LOG.error("Cannot start: {}", fault.get().getMessage());
        return new Refused(Trouble.FILE, fault.get().getMessage());
      }
      LOG.error("Cannot start", e);
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Refused(Trouble.of(e), message);
    }
  }

  /** Kinds of what may go wrong. */
  enum Trouble {
    /** Reading or writing failed, which may be better another time. */
    STORAGE,
    /** The machine lacks what its rank needs. */
    MACHINE,
    /** A file or setting of the user's cannot be used; the message says all that helps. */
    FILE,
    /** Anything else. */
    OTHER;

    static Trouble of(Exception e) {
      if (e instanceof UnsuitableClusterException) {
        return MACHINE;
      }
      return isStorage(e) ? STORAGE : OTHER;
    }
  }

  /** What of the user's is at fault, found as a cause anywhere. */
  private static Optional<Throwable> usersFault(Exception e) {
    return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
        .filter(it -> it instanceof UnusableFileException || it instanceof SettingsException)
        .findFirst();
  }

  /** Trouble with storage may pass; a file that is not there will not come. */
  private static boolean isStorage(Exception e) {
    Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
    boolean missing =
        cause instanceof FileNotFoundException
            || cause instanceof NoSuchFileException
            || cause.getCause() instanceof NoSuchFileException;
    return cause instanceof IOException && !missing;
  }

  /** Opens what a rank needs; returns the place it would go on from. */
  interface Opening {
    String open() throws IOException;
  }

  static StartReport of(Opening opening) {
    try {
      return new Ready(opening.open());
    } catch (IOException | RuntimeException e) {
      return Refused.because(e);
    }
  }

  /** As the ranks exchange it. */
  default String text() {
    return this instanceof Refused refused
        ? refused.trouble + " " + refused.problem
        : READY + " " + ((Ready) this).place;
  }

  private static StartReport parse(String text) {
    String[] words = text.split(" ", 2);
    return words[0].equals(READY)
        ? new Ready(words[1])
        : new Refused(Trouble.valueOf(words[0]), words[1]);
  }

  /** How the run ends at once after what all ranks said, if it does. */
  static Optional<TrainOutcome> agree(List<String> said) {
    Set<String> problems = new TreeSet<>();
    Set<String> places = new TreeSet<>();
    Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
    for (String text : said) {
      StartReport report = parse(text);
      if (report instanceof Refused refused) {
        problems.add(refused.problem);
        troubles.add(refused.trouble);
      } else if (report instanceof Ready ready) {
        places.add(ready.place);
      }
    }
    if (!problems.isEmpty()) {
      String why = String.join("; ", problems);
      return Optional.of(TrainOutcome.unstarted(end(troubles, why)));
    }
    return places.size() == 1
        ? Optional.empty()
        : Optional.of(
            TrainOutcome.unstarted(
                new RunEnd.Failed(
                    "Cannot train: the ranks would go on from different updates %s (train.checkpoint.folder must be one folder for all executors)"
                        .formatted(places))));
  }

  /** The worst counts: what no other attempt helps, then what another machine would. */
  private static RunEnd end(Set<Trouble> troubles, String why) {
    if (troubles.contains(Trouble.OTHER)) {
      return new RunEnd.Failed(why);
    } else if (troubles.contains(Trouble.FILE)) {
      return new RunEnd.UnusableFile(why);
    }
    return troubles.contains(Trouble.MACHINE)
        ? new RunEnd.Unsuitable(why)
        : new RunEnd.StorageFailed(why);
  }
}
