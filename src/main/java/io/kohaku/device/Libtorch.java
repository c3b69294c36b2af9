package io.kohaku.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/**
 * Which libtorch this process has, or would have.
 *
 * @param version for example {@code 2.7.1+cu126}
 * @param flavor of the natives or of the JNI library: {@code cpu}, or {@code cu128} and its like
 * @param cuda the version of CUDA that it is built for; empty for a build for CPUs
 * @param origin where it comes from
 */
record Libtorch(String version, String flavor, Optional<String> cuda, Origin origin) {
  /** Where a libtorch comes from. */
  enum Origin {
    /** The application's jar. */
    JAR,
    /** The folder that {@code cluster.libtorch} names. */
    SETTING,
    /** The folder that {@code PYTORCH_LIBRARY_PATH} names, which DJL looks into by itself. */
    ENVIRONMENT
  }

  /** That of the jar on the class path. */
  static Libtorch ofJar() {
    Properties told = new Properties();
    try (InputStream in = Libtorch.class.getResourceAsStream("/native/lib/pytorch.properties")) {
      if (in != null) {
        told.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read pytorch.properties: " + e.getMessage(), e);
    }
    String flavor = told.getProperty("flavor", "no");
    Optional<String> cuda =
        flavor.matches("cu\\d{3}.*")
            ? Optional.of(flavor.substring(2, 4) + "." + flavor.charAt(4))
            : Optional.empty();
    String version = told.getProperty("version", "none").replaceFirst("-.*", "");
    return new Libtorch(version, flavor, cuda, Origin.JAR);
  }

  /** An installed one, entered by the jar's JNI library of {@code flavor}. */
  static Libtorch of(InstalledTorch torch, String flavor) {
    return new Libtorch(torch.build(), flavor, torch.cuda(), Origin.SETTING);
  }

  /** One that the environment names; the environment alone tells what it is. */
  static Libtorch ofEnvironment(String version, String flavor) {
    Optional<String> cuda = flavor.startsWith("cu") ? Optional.of(flavor) : Optional.empty();
    return new Libtorch(version, flavor, cuda, Origin.ENVIRONMENT);
  }

  /** Version, and where it comes from. */
  String build() {
    String from =
        switch (origin) {
          case JAR -> "the jar's %s natives";
          case SETTING -> "cluster.libtorch, by the jar's %s JNI library";
          case ENVIRONMENT -> "PYTORCH_LIBRARY_PATH, by the %s JNI library";
        };
    return "%s (%s)".formatted(version, from.formatted(flavor));
  }

  @Override
  public String toString() {
    return "libtorch " + build();
  }
}
