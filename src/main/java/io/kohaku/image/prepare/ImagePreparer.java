package io.kohaku.image.prepare;

import io.kohaku.image.Bucket;
import io.kohaku.image.BucketChoice;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.Placement;
import io.kohaku.image.RejectReason;
import io.kohaku.image.decode.ImageDecoder;
import io.kohaku.image.decode.NativeOpenCv;
import io.kohaku.image.decode.TurboJpeg;
import io.kohaku.image.header.ImageHeader;
import io.kohaku.settings.ImageSettings;
import org.opencv.core.CvException;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.imgproc.Imgproc;

/**
 * Turns one image file's bytes into pixels of its bucket's size: check the header, decode, turn
 * upright, flatten, resize, crop.
 *
 * <p>Safe for use by several threads at once; native memory is released before a call returns.
 */
public final class ImagePreparer {
  private static final int MOST_REDUCTION = 8;

  private final ImageSettings settings;
  private final BucketChoice choice;
  private final ImageDecoder decoder;
  private final Resizer resizer;

  /** A preparer with these settings; loads OpenCV. */
  public ImagePreparer(ImageSettings settings) {
    NativeOpenCv.load();
    this.settings = settings;
    this.choice = new BucketChoice(settings.buckets());
    this.decoder = new ImageDecoder(settings, TurboJpeg.loaded());
    this.resizer = new Resizer(settings.resize());
  }

  /** The pixels of this file. */
  public PreparedImage prepare(byte[] file) throws ImageRejected {
    if (file.length > settings.maxBytes()) {
      throw new ImageRejected(
          RejectReason.TOO_MANY_BYTES,
          file.length + " bytes, images.max-bytes is " + settings.maxBytes());
    }
    ImageHeader header = ImageHeader.read(file, settings);
    Placement placement = placement(header, header.turned(file, settings.orientation()));
    Mat decoded = new Mat();
    try {
      decoder.decode(file, header, reduction(placement), decoded);
      return resized(decoded, placement);
    } catch (CvException e) {
      throw new ImageRejected(RejectReason.UNDECODABLE, "OpenCV: " + e.getMessage());
    } finally {
      decoded.release();
    }
  }

  private Placement placement(ImageHeader header, boolean turned) throws ImageRejected {
    Placement placement =
        turned
            ? choice.place(header.height(), header.width())
            : choice.place(header.width(), header.height());
    long pixels = (long) placement.resizedWidth() * placement.resizedHeight();
    if (pixels > settings.maxPixels()) {
      throw new ImageRejected(
          RejectReason.TOO_MANY_PIXELS,
          "resized to %sx%s to cover bucket %s, images.max-pixels is %s"
              .formatted(
                  placement.resizedWidth(),
                  placement.resizedHeight(),
                  placement.bucket().name(),
                  settings.maxPixels()));
    }
    return placement;
  }

  /** By how much a JPEG's decoder may shrink and still give no less than is needed. */
  private int reduction(Placement placement) {
    int reduction = settings.shrinkOnLoad() ? MOST_REDUCTION : 1;
    while (placement.originalWidth() / reduction < placement.resizedWidth()
        || placement.originalHeight() / reduction < placement.resizedHeight()) {
      if (reduction == 1) {
        break; // Enlarged.
      }
      reduction /= 2;
    }
    return reduction;
  }

  private PreparedImage resized(Mat decodedBgr, Placement placement) {
    if (AreaShrink.fits(decodedBgr, placement)) {
      return new PreparedImage(placement, AreaShrink.rgb(decodedBgr, placement));
    }
    Mat resized = new Mat();
    try {
      resizer.resize(decodedBgr, resized, placement.resizedWidth(), placement.resizedHeight());
      return new PreparedImage(placement, croppedRgb(resized, placement));
    } finally {
      resized.release();
    }
  }

  private static byte[] croppedRgb(Mat resizedBgr, Placement placement) {
    Bucket bucket = placement.bucket();
    Mat view =
        resizedBgr.submat(
            new Rect(placement.cropLeft(), placement.cropTop(), bucket.width(), bucket.height()));
    Mat rgb = new Mat();
    try {
      Imgproc.cvtColor(view, rgb, Imgproc.COLOR_BGR2RGB);
      byte[] bytes = new byte[bucket.width() * bucket.height() * 3];
      rgb.get(0, 0, bytes);
      return bytes;
    } finally {
      rgb.release();
      view.release();
    }
  }
}
