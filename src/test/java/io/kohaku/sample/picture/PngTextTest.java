package io.kohaku.sample.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTextTest {
  private static BufferedImage filled(int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, color.getRGB());
      }
    }
    return image;
  }

  @Test
  void textsSurviveAndPixelsToo() throws IOException {
    Map<String, String> texts =
        Map.of("parameters", "1girl, café\nSteps: 20", "title", "初音ミク, smile");
    byte[] png = PngText.encode(filled(5, 3, Color.ORANGE), texts);
    assertThat(PngTexts.of(png)).isEqualTo(texts);
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(read.getRGB(4, 2)).isEqualTo(Color.ORANGE.getRGB());
  }

  @Test
  void latinTextIsInTheChunkThatInterfacesRead() throws IOException {
    byte[] png = PngText.encode(filled(1, 1, Color.RED), Map.of("parameters", "1girl"));
    assertThat(new String(png, StandardCharsets.ISO_8859_1)).contains("tEXtparameters\0" + "1girl");
  }

  @Test
  void aSheetKeepsOrderAndShapes() {
    BufferedImage sheet =
        ContactSheet.of(
            List.of(
                filled(20, 10, Color.RED), filled(40, 40, Color.GREEN), filled(5, 5, Color.BLUE)),
            2,
            20);
    assertThat(sheet.getWidth()).isEqualTo(52);
    assertThat(sheet.getHeight()).isEqualTo(52);
    assertThat(sheet.getRGB(14, 14)).isEqualTo(Color.RED.getRGB());
    assertThat(sheet.getRGB(14, 6)).isEqualTo(Color.DARK_GRAY.getRGB());
    assertThat(sheet.getRGB(38, 14)).isEqualTo(Color.GREEN.getRGB());
    assertThat(sheet.getRGB(14, 38)).isEqualTo(Color.BLUE.getRGB());
  }
}
