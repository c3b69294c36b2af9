package io.kohaku.engine.model;

import io.kohaku.files.LocalCopy;
import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.layout.TextSizes;
import io.kohaku.sdxl.tokenizer.ClipTokenizer;
import io.kohaku.settings.ModelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Reads a tokenizer before anything is started, and holds its ids against the text encoders that
 * are to read them. Files of another file system are looked at where they are loaded.
 */
public final class TokenizerCheck {
  private TokenizerCheck() {}

  /**
   * Looks at a model's tokenizer, and at its checkpoint where it is there.
   *
   * @throws UnusableFileException telling what is wrong with which file
   */
  public static void require(ModelSettings model, Configuration hadoop) throws IOException {
    if (!LocalCopy.isHere(model.tokenizer(), hadoop)) {
      return;
    }
    Path folder = LocalCopy.of(model.tokenizer(), hadoop);
    ClipTokenizer tokenizer = ClipTokenizer.open(folder);
    Optional<SdxlLayout> layout = CheckpointCheck.layoutHere(model, hadoop);
    if (layout.isPresent()) {
      Path file = LocalCopy.of(model.checkpoint(), hadoop);
      fit(folder, tokenizer, file, "first", layout.get().firstSizes());
      fit(folder, tokenizer, file, "second", layout.get().secondSizes());
    }
  }

  private static void fit(
      Path folder, ClipTokenizer tokenizer, Path checkpoint, String which, TextSizes sizes) {
    if (tokenizer.largestId() >= sizes.vocabulary()) {
      throw other(
          folder,
          checkpoint,
          "its ids reach %s, the %s text encoder knows %s"
              .formatted(tokenizer.largestId(), which, sizes.vocabulary()));
    }
    // The pooled output is taken where a text ends.
    if (tokenizer.endToken() != sizes.endToken()) {
      throw other(
          folder,
          checkpoint,
          "its texts end with id %s, those of the %s text encoder with %s"
              .formatted(tokenizer.endToken(), which, sizes.endToken()));
    }
  }

  private static UnusableFileException other(Path folder, Path checkpoint, String why) {
    return new UnusableFileException(
        "Cannot use tokenizer %s with %s: %s (name the tokenizer that the checkpoint was trained with)"
            .formatted(folder, checkpoint, why));
  }
}
