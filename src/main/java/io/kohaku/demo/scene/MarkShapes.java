package io.kohaku.demo.scene;

import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** The outline of each mark inside the square from (-1, -1) to (1, 1), y downwards. */
final class MarkShapes {
  private MarkShapes() {}

  static Shape unit(Mark mark) {
    return switch (mark) {
      case CIRCLE -> new Ellipse2D.Double(-1, -1, 2, 2);
      case SQUARE -> new Rectangle2D.Double(-0.9, -0.9, 1.8, 1.8);
      case TRIANGLE -> polygon(0, -1, 1, 0.9, -1, 0.9);
      case DIAMOND -> polygon(0, -1, 0.7, 0, 0, 1, -0.7, 0);
      case STAR -> star();
      case HEART -> heart();
      case CROSS ->
          polygon(
              -0.3, -1, 0.3, -1, 0.3, -0.3, 1, -0.3, 1, 0.3, 0.3, 0.3, 0.3, 1, -0.3, 1, -0.3, 0.3,
              -1, 0.3, -1, -0.3, -0.3, -0.3);
      case CRESCENT -> crescent();
    };
  }

  private static Shape star() {
    double[] corners = new double[20];
    for (int i = 0; i < 10; i++) {
      double radius = i % 2 == 0 ? 1 : 0.45;
      double angle = Math.PI * i / 5 - Math.PI / 2;
      corners[2 * i] = radius * Math.cos(angle);
      corners[2 * i + 1] = radius * Math.sin(angle);
    }
    return polygon(corners);
  }

  private static Shape heart() {
    Path2D path = new Path2D.Double();
    path.moveTo(0, 1);
    path.curveTo(-1.6, -0.1, -0.9, -1.4, 0, -0.5);
    path.curveTo(0.9, -1.4, 1.6, -0.1, 0, 1);
    path.closePath();
    return path;
  }

  private static Shape crescent() {
    Area moon = new Area(new Ellipse2D.Double(-1, -1, 2, 2));
    moon.subtract(new Area(new Ellipse2D.Double(-0.4, -1, 1.8, 1.8)));
    return moon;
  }

  private static Shape polygon(double... corners) {
    Path2D path = new Path2D.Double();
    path.moveTo(corners[0], corners[1]);
    for (int i = 2; i < corners.length; i += 2) {
      path.lineTo(corners[i], corners[i + 1]);
    }
    path.closePath();
    return path;
  }
}
