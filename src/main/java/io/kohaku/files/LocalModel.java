package io.kohaku.files;

import io.kohaku.settings.ModelSettings;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The frozen model's files as paths of this machine. */
public final class LocalModel {
  private LocalModel() {}

  /**
   * The same model with local paths; what is not named stays so.
   *
   * @throws IOException naming the key whose files cannot be had
   */
  public static ModelSettings of(ModelSettings model, Configuration hadoop) throws IOException {
    Optional<String> vae = Optional.empty();
    if (model.vae().isPresent()) {
      vae = Optional.of(local("model.vae", model.vae().get(), hadoop));
    }
    return model.readFrom(
        local("model.checkpoint", model.checkpoint(), hadoop),
        vae,
        local("model.tokenizer", model.tokenizer(), hadoop));
  }

  private static String local(String key, String location, Configuration hadoop)
      throws IOException {
    try {
      return location.isBlank() ? location : LocalCopy.of(location, hadoop).toString();
    } catch (IOException e) {
      throw new IOException("Cannot use " + key + ": " + e.getMessage(), e);
    }
  }
}
