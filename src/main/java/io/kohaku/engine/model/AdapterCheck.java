package io.kohaku.engine.model;

import io.kohaku.files.LocalCopy;
import io.kohaku.lokr.file.LokrFile;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * Opens adapters before anything is started. Files of another file system are looked at where they
 * are loaded.
 */
public final class AdapterCheck {
  private AdapterCheck() {}

  /**
   * Looks at the names and shapes in an adapter's file.
   *
   * @throws io.kohaku.input.UnusableFileException telling what it is instead
   */
  public static void adapter(String location, Configuration hadoop) throws IOException {
    if (LocalCopy.isHere(location, hadoop)) {
      LokrFile.open(LocalCopy.of(location, hadoop)).close();
    }
  }
}
