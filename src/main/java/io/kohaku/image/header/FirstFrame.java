package io.kohaku.image.header;

import java.util.List;

/**
 * The frame of a file that is decoded, the first: its place on the canvas and in the file.
 *
 * @param left of the canvas, in pixels
 * @param top of the canvas, in pixels
 * @param width in pixels
 * @param height in pixels
 * @param parts the pieces of the file that hold it, as its format has them; none where it is the
 *     whole file
 */
public record FirstFrame(int left, int top, int width, int height, List<Span> parts) {

  /**
   * Bytes of the file.
   *
   * @param from the first
   * @param to the one behind the last
   */
  public record Span(int from, int to) {
    /** How many. */
    public int length() {
      return to - from;
    }
  }

  public FirstFrame {
    parts = List.copyOf(parts);
  }

  /** The frame of a still that is its whole file. */
  static FirstFrame whole(int width, int height) {
    return new FirstFrame(0, 0, width, height, List.of());
  }

  /** Whether it is all of a canvas of this size. */
  public boolean covers(int canvasWidth, int canvasHeight) {
    return left == 0 && top == 0 && width == canvasWidth && height == canvasHeight;
  }
}
