package io.kohaku.sample.picture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;

/** Reads what {@link PngText} wrote. */
final class PngTexts {
  private PngTexts() {}

  /** The texts of a PNG file by keyword. */
  static Map<String, String> of(byte[] png) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(in);
      IIOMetadataNode root =
          (IIOMetadataNode) reader.getImageMetadata(0).getAsTree("javax_imageio_png_1.0");
      Map<String, String> texts = new LinkedHashMap<>();
      read(root, "tEXtEntry", "value", texts);
      read(root, "iTXtEntry", "text", texts);
      return texts;
    } finally {
      reader.dispose();
    }
  }

  private static void read(
      IIOMetadataNode root, String kind, String attribute, Map<String, String> texts) {
    var entries = root.getElementsByTagName(kind);
    for (int i = 0; i < entries.getLength(); i++) {
      IIOMetadataNode entry = (IIOMetadataNode) entries.item(i);
      texts.put(entry.getAttribute("keyword"), entry.getAttribute(attribute));
    }
  }
}
