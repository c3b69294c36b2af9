package io.kohaku.provenance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** What Linux tells about this machine and the processes that run on it. */
final class ThisMachine {
  private static final Path PROC = Path.of("/proc");

  /** Places among the fields of {@code stat} that follow the command's name. */
  private static final int STATE = 0;

  private static final int START = 19;

  private ThisMachine() {}

  /** The name to show to people. */
  static String host() {
    try {
      return Files.readString(PROC.resolve("sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return resolvedHost();
    }
  }

  private static String resolvedHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unnamed host";
    }
  }

  /**
   * Boot and name space of process ids: where both are the same, so is the process behind an id.
   * Empty where it cannot be told.
   */
  static String identity() {
    try {
      Path self = PROC.resolve("self");
      String pid = Long.toString(ProcessHandle.current().pid());
      if (!Files.readSymbolicLink(self).toString().equals(pid)) {
        return ""; // This /proc shows the processes of another name space.
      }
      String boot = Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
      return boot + " " + Files.readSymbolicLink(self.resolve("ns/pid"));
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * When a running process began, in the kernel's ticks since boot: unlike a time of day it stays
   * the same when the clock is set. Nothing if there is no such process, or only its remains.
   */
  static Optional<String> start(long pid) throws IOException {
    Path process = PROC.resolve(Long.toString(pid));
    String stat;
    try {
      stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (Files.exists(process)) {
        throw e;
      }
      return Optional.empty(); // It ended while it was looked at.
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    boolean ended = fields[STATE].equals("Z") || fields[STATE].equals("X");
    return ended ? Optional.empty() : Optional.of(fields[START]);
  }
}
