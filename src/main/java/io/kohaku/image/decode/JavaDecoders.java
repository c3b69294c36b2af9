package io.kohaku.image.decode;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.spi.IIORegistry;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The formats that OpenCV cannot decode, or decodes in wrong colours. */
final class JavaDecoders {
  private static final JPEGImageReaderSpi JPEG = registered();

  private JavaDecoders() {}

  /** A JPEG of four channels, in RGB. */
  static BufferedImage cmykJpeg(byte[] file) throws IOException {
    return read(JPEG.createReaderInstance(), file);
  }

  /** The first frame of a GIF on its screen, transparent where it does not cover it. */
  static BufferedImage gif(byte[] file) throws IOException {
    return read(ImageIO.getImageReadersByFormatName("gif").next(), file);
  }

  private static BufferedImage read(ImageReader reader, byte[] file) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in);
      BufferedImage frame = reader.read(0);
      return reader.getFormatName().equalsIgnoreCase("gif") ? onScreen(reader, frame) : frame;
    } finally {
      reader.dispose();
    }
  }

  private static BufferedImage onScreen(ImageReader reader, BufferedImage frame)
      throws IOException {
    IIOMetadataNode screen = child(reader.getStreamMetadata(), "LogicalScreenDescriptor");
    IIOMetadataNode place = child(reader.getImageMetadata(0), "ImageDescriptor");
    int left = number(place, "imageLeftPosition");
    int top = number(place, "imageTopPosition");
    int width = Math.max(number(screen, "logicalScreenWidth"), left + frame.getWidth());
    int height = Math.max(number(screen, "logicalScreenHeight"), top + frame.getHeight());
    if (frame.getWidth() == width && frame.getHeight() == height) {
      return frame;
    }
    BufferedImage whole = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = whole.createGraphics();
    graphics.drawImage(frame, left, top, null);
    graphics.dispose();
    return whole;
  }

  private static IIOMetadataNode child(IIOMetadata metadata, String name) {
    IIOMetadataNode root =
        (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    return (IIOMetadataNode) root.getElementsByTagName(name).item(0);
  }

  private static int number(IIOMetadataNode node, String attribute) {
    return Integer.parseInt(node.getAttribute(attribute));
  }

  /** {@code [height, width, 4]} bytes: blue, green, red, alpha. */
  static byte[] bgra(BufferedImage image) {
    int width = image.getWidth();
    byte[] bytes = new byte[width * image.getHeight() * 4];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        bytes[at++] = (byte) argb;
        bytes[at++] = (byte) (argb >> 8);
        bytes[at++] = (byte) (argb >> 16);
        bytes[at++] = (byte) (argb >> 24);
      }
    }
    return bytes;
  }

  /** TwelveMonkeys' reader builds on the JDK's, which it finds in the registry. */
  private static JPEGImageReaderSpi registered() {
    IIORegistry registry = IIORegistry.getDefaultInstance();
    JPEGImageReaderSpi known = registry.getServiceProviderByClass(JPEGImageReaderSpi.class);
    if (known != null) {
      return known;
    }
    JPEGImageReaderSpi provider = new JPEGImageReaderSpi();
    registry.registerServiceProvider(provider);
    return provider;
  }
}
