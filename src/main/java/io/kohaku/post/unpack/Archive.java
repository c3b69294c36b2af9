package io.kohaku.post.unpack;

import java.io.IOException;
import java.io.InputStream;

/** The files in an archive, one after the other. */
interface Archive {
  /** The next file, or null if there is none; what is left of the one before is passed over. */
  Member next() throws IOException;

  /**
   * A file in an archive.
   *
   * @param bytes good until the next file is asked for
   */
  record Member(String name, InputStream bytes) {}
}
