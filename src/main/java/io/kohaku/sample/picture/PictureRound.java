package io.kohaku.sample.picture;

import io.kohaku.sample.PictureRequest;
import io.kohaku.sample.PictureSampler;
import io.kohaku.sample.SamplePlan;
import io.kohaku.sample.prompt.PromptTokens;
import io.kohaku.sdxl.tokenizer.ClipTokenizer;
import io.kohaku.settings.SampleSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * All pictures that settings ask for, drawn once, as files with a contact sheet.
 *
 * @param settings which pictures
 * @param origin what the files name as their maker
 */
record PictureRound(SampleSettings settings, PictureOrigin origin) {
  /** The contact sheet's file. */
  static final String SHEET = "sheet.png";

  /**
   * Draws into {@code folder}.
   *
   * @param drawn told how many pictures are done
   * @return how many pictures there are
   */
  int draw(PictureSampler sampler, Path folder, IntConsumer drawn) throws IOException {
    Files.createDirectories(folder);
    List<BufferedImage> pictures = new ArrayList<>();
    for (PictureRequest request : SamplePlan.of(settings)) {
      BufferedImage picture = sampler.draw(request);
      String text = PictureText.of(request, origin);
      String name = String.format(Locale.ROOT, "%05d-%d.png", pictures.size(), request.seed());
      Files.write(folder.resolve(name), PngText.encode(picture, Map.of(PictureText.KEYWORD, text)));
      pictures.add(picture);
      drawn.accept(pictures.size());
    }
    BufferedImage sheet = ContactSheet.of(pictures, settings.pictures(), settings.cell());
    Files.write(folder.resolve(SHEET), PngText.encode(sheet, Map.of("Software", origin.program())));
    return pictures.size();
  }

  /** The tokenizer in a folder. */
  static PromptTokens tokens(Path folder) {
    ClipTokenizer tokenizer = ClipTokenizer.open(folder);
    return new PromptTokens(
        text -> Arrays.stream(tokenizer.encode(text)).boxed().toList(),
        tokenizer.beginToken(),
        tokenizer.endToken());
  }

  /** A checkpoint's name as user interfaces show it. */
  static String name(Path checkpoint) {
    String file = checkpoint.getFileName().toString();
    return file.endsWith(".safetensors") ? file.substring(0, file.lastIndexOf('.')) : file;
  }
}
