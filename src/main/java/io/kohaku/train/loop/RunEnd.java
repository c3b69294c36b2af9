package io.kohaku.train.loop;

import java.io.Serializable;

/** What ended a run. */
public sealed interface RunEnd extends Serializable {
  /** All updates are done. */
  record Finished() implements RunEnd {}

  /** It was asked to end; a checkpoint was written. */
  record Stopped() implements RunEnd {}

  /** Reading or writing failed; started again, it goes on where it was saved. */
  record StorageFailed(String why) implements RunEnd {}

  /** A machine does not give what its rank needs. */
  record Unsuitable(String why) implements RunEnd {}

  /** What it made is worth nothing. */
  record Worthless(String why) implements RunEnd {}

  /** A file that the user named cannot be used. */
  record UnusableFile(String why) implements RunEnd {}

  /** It cannot go on, and trying again would not help. */
  record Failed(String why) implements RunEnd {}
}
