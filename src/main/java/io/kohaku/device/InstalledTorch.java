package io.kohaku.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PyTorch that is installed on this machine: a wheel's {@code torch} folder, or an unpacked
 * libtorch.
 *
 * @param folder which holds the libraries
 * @param version for example {@code 2.7.1}
 * @param build for example {@code 2.7.1+cu126}
 * @param cuda for example {@code 12.6}; empty for a build for CPUs
 */
record InstalledTorch(Path folder, String version, String build, Optional<String> cuda) {
  private static final String LIBRARY = System.mapLibraryName("torch");

  /** The major version of CUDA that the JNI library of {@link #flavor} is for. */
  private static final String CUDA_MAJOR = "12.";

  /** {@code +cu126} at the end of a build's name. */
  private static final Pattern CUDA_SUFFIX = Pattern.compile(".*\\+cu(\\d+)(\\d)");

  /**
   * What lies at {@code path}: the folder with the libraries, or the one above.
   *
   * @throws IllegalArgumentException if it cannot stand in for the jar's natives; the message is
   *     the reason
   */
  static InstalledTorch at(Path path) {
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException("no such folder on this machine");
    }
    Path folder = Files.exists(path.resolve(LIBRARY)) ? path : path.resolve("lib");
    if (!Files.exists(folder.resolve(LIBRARY))) {
      throw new IllegalArgumentException("no " + LIBRARY + " in it or in its folder lib");
    }
    InstalledTorch torch = told(folder.toAbsolutePath().normalize());
    String wanted = wantedVersion();
    if (!torch.version.equals(wanted)) {
      throw new IllegalArgumentException(
          "it is PyTorch %s, and the jar's JNI library is built for %s: pip install torch==%s"
              .formatted(torch.build, wanted, wanted));
    }
    torch.cuda.ifPresent(
        cuda -> {
          if (!cuda.startsWith(CUDA_MAJOR)) {
            throw new IllegalArgumentException(
                "it is built for CUDA %s, and the jar's JNI library for CUDA %sx"
                    .formatted(cuda, CUDA_MAJOR));
          }
        });
    return torch;
  }

  private static InstalledTorch told(Path folder) {
    Path above = folder.resolveSibling("version.py");
    if (Files.exists(above)) {
      String text = text(above);
      if (assigned(text, "hip").isPresent()) {
        throw new IllegalArgumentException("it is built for ROCm");
      }
      return of(folder, assigned(text, "__version__").orElse("?"), assigned(text, "cuda"));
    }
    Path plain = folder.resolveSibling("build-version");
    if (!Files.exists(plain)) {
      throw new IllegalArgumentException(
          "neither version.py nor build-version beside its libraries tells its version");
    }
    String build = text(plain).strip();
    Matcher suffix = CUDA_SUFFIX.matcher(build);
    return of(
        folder,
        build,
        suffix.matches() ? Optional.of(suffix.group(1) + "." + suffix.group(2)) : Optional.empty());
  }

  private static InstalledTorch of(Path folder, String build, Optional<String> cuda) {
    return new InstalledTorch(folder, build.replaceFirst("\\+.*", ""), build, cuda);
  }

  /** The text that a line of Python assigns to {@code name}. */
  private static Optional<String> assigned(String python, String name) {
    Matcher line =
        Pattern.compile("(?m)^" + name + "\\b[^=\\n]*=\\s*['\"]([^'\"]*)['\"]").matcher(python);
    return line.find() ? Optional.of(line.group(1)) : Optional.empty();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** The version of PyTorch that the JNI library on the class path is built for. */
  static String wantedVersion() {
    Properties properties = new Properties();
    try (InputStream in = InstalledTorch.class.getResourceAsStream("/jnilib/pytorch.properties")) {
      if (in == null) {
        throw new IllegalArgumentException("there is no pytorch-jni on the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read pytorch.properties: " + e.getMessage(), e);
    }
    return properties.getProperty("jni_version").replaceFirst("-.*", "");
  }

  /**
   * Which of the jar's JNI libraries enters it.
   *
   * @param driver whether the NVIDIA driver is here: without one the library for CUDA does not load
   */
  String flavor(boolean driver) {
    return cuda.isPresent() && driver ? "cu128" : "cpu";
  }
}
