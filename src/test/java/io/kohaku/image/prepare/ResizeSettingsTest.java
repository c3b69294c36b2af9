package io.kohaku.image.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.OddFiles;
import io.kohaku.image.Pictures;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.ImageSettings.Resize;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the settings of resizing do to pixels. */
class ResizeSettingsTest {
  private static ImagePreparer preparer(Resize resize, boolean shrinkOnLoad) {
    return new ImagePreparer(
        new ImageSettings(
            List.of(),
            1 << 20,
            10_000_000,
            5000,
            1,
            ImageSettings.Alpha.COMPOSITE,
            "ffffff",
            ImageSettings.Orientation.APPLY,
            resize,
            shrinkOnLoad,
            new BucketSettings(48, 32, 16, 96, 16, true)));
  }

  private static final ImagePreparer AREA = preparer(Resize.AREA, false);
  private static final ImagePreparer LANCZOS = preparer(Resize.AREA_DOWN_LANCZOS_UP, false);
  private static final ImagePreparer SHRUNK = preparer(Resize.AREA, true);

  @Test
  void lanczosEnlargesAndAreaShrinks() throws ImageRejected {
    byte[] small = Pictures.png(24, 16, 1);
    byte[] expected = new Lanczos(24, 16, 48, 32).resize(rgb(Pictures.picture(24, 16, 1)));
    assertThat(LANCZOS.prepare(small).rgb()).isEqualTo(expected);
    assertThat(AREA.prepare(small).rgb()).isNotEqualTo(expected);
    byte[] large = Pictures.png(101, 70, 1);
    assertThat(LANCZOS.prepare(large).rgb()).isEqualTo(AREA.prepare(large).rgb());
  }

  @Test
  void shrinkingOnLoadChangesPixelsALittle() throws ImageRejected {
    byte[] upright = Pictures.encoded(Pictures.picture(450, 300, 1), "jpg");
    for (byte[] file : List.of(upright, OddFiles.withExif(upright, 6))) {
      PreparedImage exact = AREA.prepare(file);
      PreparedImage fast = SHRUNK.prepare(file);
      assertThat(fast.placement()).isEqualTo(exact.placement());
      assertThat(difference(fast.rgb(), exact.rgb())).isBetween(1e-9, 4.0);
    }
    byte[] png = Pictures.png(450, 300, 1);
    assertThat(SHRUNK.prepare(png).rgb()).isEqualTo(AREA.prepare(png).rgb());
    byte[] small = Pictures.encoded(Pictures.picture(60, 40, 1), "jpg");
    assertThat(SHRUNK.prepare(small).rgb()).isEqualTo(AREA.prepare(small).rgb());
  }

  private static byte[] rgb(BufferedImage image) {
    byte[] bytes = new byte[image.getWidth() * image.getHeight() * 3];
    for (int i = 0; i < bytes.length / 3; i++) {
      int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
      bytes[3 * i] = (byte) (rgb >> 16);
      bytes[3 * i + 1] = (byte) (rgb >> 8);
      bytes[3 * i + 2] = (byte) rgb;
    }
    return bytes;
  }

  /** Mean of the absolute differences. */
  private static double difference(byte[] a, byte[] b) {
    assertThat(a).hasSameSizeAs(b);
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
    }
    return (double) sum / a.length;
  }
}
