package io.kohaku.post.hakubooru;

import io.kohaku.input.UnusableFileException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.ChecksumException;

/** Tells a Parquet file whose pages make no sense from one that could not be fetched. */
public final class DamagedParquet {
  /** How Spark says which file it failed at. */
  private static final Pattern FILE =
      Pattern.compile(
          "(?:Encountered error while reading file|Parquet column cannot be converted in file)"
              + " (.*?)\\. (?:Details:|Column: )(.*)",
          Pattern.DOTALL);

  private static final Pattern STORAGE =
      Pattern.compile(
          "(java\\.io|java\\.net|java\\.nio|sun\\.nio|sun\\.net|javax\\.net|sun\\.security"
              + "|org\\.apache\\.hadoop\\.(fs|hdfs|io\\.retry|ipc|net|security)|software\\.amazon"
              + "|com\\.(amazonaws|google|microsoft))\\..*");

  private DamagedParquet() {}

  /** What to tell instead of a failure of a job that reads Parquet, if a file is at fault. */
  public static Optional<UnusableFileException> in(Exception failure) {
    return causes(failure)
        .filter(cause -> cause.getMessage() != null)
        .flatMap(cause -> told(cause, FILE.matcher(cause.getMessage()), failure).stream())
        .findFirst();
  }

  private static Optional<UnusableFileException> told(
      Throwable cause, Matcher message, Exception failure) {
    if (!message.lookingAt() || causes(cause).anyMatch(DamagedParquet::isOfStorage)) {
      return Optional.empty();
    }
    String file = message.group(1);
    String types = message.group(2).strip();
    return Optional.of(
        new UnusableFileException(
            types.isEmpty()
                ? "Cannot read %s as a Parquet table: it is damaged (fetch it again)"
                    .formatted(file)
                : "Cannot read %s as a Parquet table: column %s (write it with types that Spark has)"
                    .formatted(file, types.lines().findFirst().orElse("")),
            failure));
  }

  /** Whether trying again may help: a network, a disk, a person who stopped it. */
  private static boolean isOfStorage(Throwable cause) {
    if (cause instanceof InterruptedException
        || cause instanceof InterruptedIOException
        || cause instanceof FileNotFoundException) {
      return true;
    } else if (!(cause instanceof IOException)
        || cause instanceof EOFException
        || cause instanceof ChecksumException) {
      return false;
    }
    StackTraceElement[] thrown = cause.getStackTrace();
    return STORAGE.matcher(cause.getClass().getName()).matches()
            && cause.getClass() != IOException.class
        || thrown.length > 0 && STORAGE.matcher(thrown[0].getClassName()).matches();
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
  }
}
