package io.kohaku.demo.scene;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/**
 * Draws a scene: background, marks, then figures side by side, in the artist's line and palette.
 */
public final class Painter {
  private static final Color SKIN = new Color(0xF6D7BD);

  private final Scene scene;
  private final Graphics2D canvas;
  private final double width;
  private final double height;

  private Painter(Scene scene, BufferedImage image) {
    this.scene = scene;
    this.width = image.getWidth();
    this.height = image.getHeight();
    this.canvas = image.createGraphics();
    canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
  }

  /** The picture, in 8-bit RGB. */
  public static BufferedImage paint(Scene scene, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Painter painter = new Painter(scene, image);
    painter.background();
    scene.marks().forEach(painter::mark);
    for (int i = 0; i < scene.figures().size(); i++) {
      painter.figure(scene.figures().get(i), (i + 0.5) / scene.figures().size());
    }
    painter.canvas.dispose();
    return image;
  }

  private void background() {
    Color color = color(scene.background());
    canvas.setColor(color);
    canvas.fill(new Rectangle2D.Double(0, 0, width, height));
    Color lighter = scene.background().color(Math.min(0.9, scene.artist().paleness() + 0.3));
    double step = Math.max(8, Math.min(width, height) / 8);
    canvas.setColor(lighter);
    switch (scene.backdrop()) {
      case GRADIENT -> {
        canvas.setPaint(new GradientPaint(0, 0, color, 0, (float) height, Color.WHITE));
        canvas.fill(new Rectangle2D.Double(0, 0, width, height));
      }
      case STRIPES -> {
        for (double x = 0; x < width; x += 2 * step) {
          canvas.fill(new Rectangle2D.Double(x, 0, step, height));
        }
      }
      case DOTS -> {
        for (double y = step / 2; y < height; y += 2 * step) {
          for (double x = step / 2; x < width; x += 2 * step) {
            canvas.fill(ellipse(x, y, step / 2));
          }
        }
      }
      case BORDER -> {
        canvas.setColor(Color.WHITE);
        canvas.setStroke(new BasicStroke((float) step));
        canvas.draw(new Rectangle2D.Double(0, 0, width, height));
      }
      default -> {}
    }
  }

  private void mark(Scene.Tinted tinted) {
    double size = tinted.size() * Math.min(width, height);
    AffineTransform place =
        AffineTransform.getTranslateInstance(tinted.x() * width, tinted.y() * height);
    place.scale(size, size);
    shape(place.createTransformedShape(MarkShapes.unit(tinted.mark())), color(tinted.hue()));
  }

  private void figure(Figure figure, double at) {
    double room = Math.min(width / Math.max(1, scene.figures().size()), height * 0.7);
    double head = room * 0.2;
    double x = at * width;
    double y = height - room * 0.95 + head;
    Color hair = color(figure.hair());
    double fall = figure.cut() == Figure.Cut.SHORT ? head * 1.1 : head * 3;
    if (figure.cut() == Figure.Cut.TWINTAILS) {
      shape(new Ellipse2D.Double(x - 2.1 * head, y - head * 0.6, head, fall), hair);
      shape(new Ellipse2D.Double(x + 1.1 * head, y - head * 0.6, head, fall), hair);
    } else {
      shape(new Ellipse2D.Double(x - 1.25 * head, y - 1.2 * head, 2.5 * head, fall), hair);
    }
    shape(body(figure, x, y + head * 0.9, head), color(figure.clothes()));
    shape(ellipse(x, y, head), SKIN);
    shape(
        new Arc2D.Double(
            x - 1.1 * head, y - 1.15 * head, 2.2 * head, 1.6 * head, 0, 180, Arc2D.CHORD),
        hair);
    face(figure.face(), x, y, head);
  }

  private Shape body(Figure figure, double x, double top, double head) {
    if (figure.kind() == Figure.Kind.BOY) {
      return new Rectangle2D.Double(x - 1.2 * head, top, 2.4 * head, height - top);
    }
    Path2D dress = new Path2D.Double();
    dress.moveTo(x - 0.5 * head, top);
    dress.lineTo(x + 0.5 * head, top);
    dress.lineTo(x + 1.9 * head, height);
    dress.lineTo(x - 1.9 * head, height);
    dress.closePath();
    return dress;
  }

  private void face(Figure.Face face, double x, double y, double head) {
    canvas.setColor(Color.BLACK);
    canvas.setStroke(new BasicStroke((float) Math.max(1, head * 0.1)));
    for (int side = -1; side <= 1; side += 2) {
      double eye = x + side * 0.4 * head;
      switch (face) {
        case CLOSED_EYES ->
            canvas.draw(new Line2D.Double(eye - head * 0.15, y, eye + head * 0.15, y));
        case HAPPY -> canvas.draw(arc(eye, y, head * 0.18, 0));
        case SURPRISED -> canvas.draw(ellipse(eye, y, head * 0.18));
        default -> canvas.fill(ellipse(eye, y, head * 0.12));
      }
    }
    double mouth = y + head * 0.5;
    switch (face) {
      case FROWN -> canvas.draw(arc(x, mouth + head * 0.15, head * 0.25, 0));
      case OPEN_MOUTH, SURPRISED -> canvas.fill(ellipse(x, mouth, head * 0.16));
      default -> canvas.draw(arc(x, mouth - head * 0.1, head * 0.25, 180));
    }
  }

  private void shape(Shape shape, Color color) {
    canvas.setColor(color);
    canvas.fill(shape);
    double line = scene.artist().outline() * Math.min(width, height) / 1000;
    if (line > 0) {
      canvas.setColor(Color.BLACK);
      canvas.setStroke(new BasicStroke((float) line));
      canvas.draw(new Area(shape));
    }
  }

  private Color color(Hue hue) {
    return hue.color(scene.artist().paleness());
  }

  private static Shape ellipse(double x, double y, double radius) {
    return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  private static Shape arc(double x, double y, double radius, double start) {
    return new Arc2D.Double(x - radius, y - radius, 2 * radius, 2 * radius, start, 180, Arc2D.OPEN);
  }
}
