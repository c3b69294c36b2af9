package io.kohaku.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of the code that runs, as the build wrote it. */
public final class Version {
  private static final String VALUE = read();

  private Version() {}

  /** The version, for example {@code 0.1.0}. */
  public static String value() {
    return VALUE;
  }

  private static String read() {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read version.properties: " + e.getMessage(), e);
    }
  }
}
