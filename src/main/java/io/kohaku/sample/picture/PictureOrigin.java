package io.kohaku.sample.picture;

import io.kohaku.sample.prompt.Emphasis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What drew a picture.
 *
 * @param model name of the checkpoint
 * @param hash first ten digits of its SHA-256, where it was computed
 * @param vae entries of a separate autoencoder, as user interfaces write them
 * @param zeroTerminal whether its noise schedule ends in noise alone
 * @param update updates of training so far, in the middle of a run
 * @param program the program
 */
record PictureOrigin(
    String model,
    Optional<String> hash,
    Optional<String> vae,
    boolean zeroTerminal,
    OptionalLong update,
    String program) {

  /** The same at another update of training. */
  PictureOrigin at(long update) {
    return new PictureOrigin(model, hash, vae, zeroTerminal, OptionalLong.of(update), program);
  }

  /** The entries of a picture's parameters that tell of it. */
  String text(Emphasis emphasis) {
    List<String> entries = new ArrayList<>();
    hash.ifPresent(digits -> entries.add("Model hash: " + digits));
    entries.add("Model: " + model);
    vae.ifPresent(entries::add);
    entries.add("Emphasis: " + emphasis.label());
    entries.add("RNG: CPU");
    if (zeroTerminal) {
      entries.add("Noise Schedule: Zero Terminal SNR");
    }
    update.ifPresent(updates -> entries.add("Training update: " + updates));
    entries.add("Version: " + program);
    return String.join(", ", entries);
  }
}
