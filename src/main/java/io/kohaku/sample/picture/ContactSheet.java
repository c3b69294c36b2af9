package io.kohaku.sample.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Many pictures on one: rows from left to right, each picture fitted into a square cell. */
final class ContactSheet {
  private static final int GAP = 4;

  private ContactSheet() {}

  /**
   * Lays out {@code pictures}.
   *
   * @param columns cells in a row
   * @param cell side of a cell in pixels; larger pictures are made smaller
   */
  static BufferedImage of(List<BufferedImage> pictures, int columns, int cell) {
    int across = Math.min(columns, pictures.size());
    int down = (pictures.size() + across - 1) / across;
    BufferedImage sheet =
        new BufferedImage(
            across * (cell + GAP) + GAP, down * (cell + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = sheet.createGraphics();
    canvas.setColor(Color.DARK_GRAY);
    canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    for (int i = 0; i < pictures.size(); i++) {
      BufferedImage picture = pictures.get(i);
      double scale = Math.min(1, (double) cell / Math.max(picture.getWidth(), picture.getHeight()));
      int width = (int) Math.round(scale * picture.getWidth());
      int height = (int) Math.round(scale * picture.getHeight());
      int x = GAP + i % across * (cell + GAP) + (cell - width) / 2;
      int y = GAP + i / across * (cell + GAP) + (cell - height) / 2;
      canvas.drawImage(picture, x, y, width, height, null);
    }
    canvas.dispose();
    return sheet;
  }
}
