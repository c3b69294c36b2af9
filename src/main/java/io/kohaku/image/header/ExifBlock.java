package io.kohaku.image.header;

import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Where a file keeps its EXIF data, a small TIFF file of its own.
 *
 * @param offset of the TIFF header
 * @param length in bytes, 0 for none
 */
public record ExifBlock(int offset, int length) {
  static final ExifBlock NONE = new ExifBlock(0, 0);

  /** The orientation, 1 to 8; 1, upright, where there is none or it cannot be read. */
  public int orientation(byte[] file) {
    if (length == 0) {
      return 1;
    }
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file, offset, length))) {
      Directory exif = new TIFFReader().read(in);
      Entry entry = exif.getEntryById(TIFF.TAG_ORIENTATION);
      Object value = entry == null ? null : entry.getValue();
      int orientation = value instanceof Number number ? number.intValue() : 1;
      return orientation >= 1 && orientation <= 8 ? orientation : 1;
    } catch (IOException | RuntimeException e) {
      return 1; // Damaged metadata beside a good image: shown as stored, as viewers do.
    }
  }
}
