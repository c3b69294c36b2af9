package io.kohaku.latent.exported;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kohaku.digest.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What the folder of an exported VAE says of itself, in {@value #DESCRIPTION}.
 *
 * @param format version of this description and of {@link EncodedImage}'s bytes
 * @param recipe what the model computes
 * @param sha256 of {@value #MODEL}
 */
record ExportedVae(int format, VaeRecipe recipe, String sha256) {
  /** Kernels and weights. */
  static final String MODEL = "model.pt";

  /** The description: written last, so that a folder with one is whole. */
  static final String DESCRIPTION = "vae-encoder.json";

  private static final int FORMAT = 2;
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  /** Checks that all is there. */
  ExportedVae {
    Objects.requireNonNull(recipe, "recipe");
    Objects.requireNonNull(sha256, "sha256");
  }

  ExportedVae(VaeRecipe recipe, String sha256) {
    this(FORMAT, recipe, sha256);
  }

  /**
   * The description of a folder whose model is as it was written.
   *
   * @throws IOException if there is no such model, it is of another version, or its bytes are not
   *     those that were written
   */
  static ExportedVae verified(Path folder) throws IOException {
    ExportedVae described = read(folder.resolve(DESCRIPTION));
    Path model = folder.resolve(MODEL);
    String found;
    try {
      found = Sha256.of(model);
    } catch (NoSuchFileException e) {
      throw new IOException("Missing model: %s (run the job export-vae again)".formatted(model), e);
    }
    if (!found.equals(described.sha256())) {
      throw new IOException(
          "Cannot use %s: its SHA-256 is %s, %s names %s (it is damaged or not the one exported; run the job export-vae again)"
              .formatted(model, found, DESCRIPTION, described.sha256()));
    }
    return described;
  }

  private static ExportedVae read(Path file) throws IOException {
    try {
      byte[] json = Files.readAllBytes(file);
      int format = JSON.readTree(json).path("format").asInt();
      if (format != FORMAT) {
        throw new IOException(
            "Invalid format of %s: %s (this version reads %s; run the job export-vae again)"
                .formatted(file, format, FORMAT));
      }
      return JSON.readValue(json, ExportedVae.class);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "Missing description of a VAE: %s (not a folder that export-vae has finished)"
              .formatted(file),
          e);
    } catch (JacksonException e) {
      throw new IOException(
          "Cannot read %s: %s (run the job export-vae again)"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  byte[] toJson() throws IOException {
    return JSON.writeValueAsBytes(this);
  }
}
