package io.kohaku.provenance;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Takes a stage's folder as a process of its own, says so, and gives it back when told to end. */
final class LockProgram {
  /** What it says once it holds the folder. */
  static final String HELD = "held";

  private LockProgram() {}

  /** Takes the folder; ends with its input. */
  public static void main(String[] arguments) throws IOException {
    try (StageLock lock = StageLock.take(new Path(arguments[0]), new Configuration())) {
      System.out.println(HELD);
      while (System.in.read() >= 0) {
        lock.requireHeld();
      }
    }
  }
}
