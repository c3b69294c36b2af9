package io.kohaku.tensor.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One text of kernels: plain functions at the left margin (see the package description).
 *
 * @param name what errors call the text
 * @param text the functions
 */
public record KernelSource(String name, String text) {
  /** Checks that there is a text. */
  public KernelSource {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(text, "text");
  }

  /** The text of the resource {@code fileName} beside {@code owner}. */
  public static KernelSource resource(Class<?> owner, String fileName) {
    try (InputStream in = owner.getResourceAsStream(fileName)) {
      if (in == null) {
        throw new IllegalStateException(
            "Missing kernel text: " + fileName + " beside " + owner.getName());
      }
      return new KernelSource(
          owner.getPackageName() + "/" + fileName,
          new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + fileName + ": " + e.getMessage(), e);
    }
  }
}
