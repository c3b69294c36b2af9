package io.kohaku.post.unpack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.kohaku.input.Appearance;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** One layer around a text: a compression, an archive, or none. */
public enum Packing {
  NONE,
  GZIP,
  BZIP2,
  XZ,
  ZSTD,
  LZ4,
  TAR,
  ZIP;

  private static final int TAR_HEADER = 512;

  /** KiB that a stream of xz may ask for, whose greatest preset asks for 65 MiB. */
  private static final int XZ_MEMORY = 1 << 20;

  /** The layer that begins with these bytes, whatever the file's name says. */
  public static Packing of(byte[] head) {
    return switch (Appearance.of(head)) {
      case GZIP -> GZIP;
      case BZIP2 -> BZIP2;
      case XZ -> XZ;
      case ZSTD -> ZSTD;
      case LZ4 -> LZ4;
      case TAR -> TAR;
      case ZIP -> ZIP;
      // Archives of before 1988 have no mark but the sum of their header.
      case UNKNOWN -> hasTarSum(head) ? TAR : NONE;
      default -> NONE;
    };
  }

  private static boolean hasTarSum(byte[] head) {
    try {
      return head.length >= TAR_HEADER && TarUtils.verifyCheckSum(Arrays.copyOf(head, TAR_HEADER));
    } catch (IllegalArgumentException e) {
      // The field of the sum holds no number.
      return false;
    }
  }

  boolean isArchive() {
    return this == TAR || this == ZIP;
  }

  /** The members of an archive. */
  Archive members(InputStream in) {
    return this == TAR ? new TarMembers(in) : new ZipMembers(in);
  }

  /** What was compressed, all streams that follow one another in a file. */
  InputStream decompressed(InputStream in) throws IOException {
    return switch (this) {
      case GZIP -> new GzipMembers(in);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
      case XZ -> new XZCompressorInputStream(in, true, XZ_MEMORY);
      case ZSTD ->
          new ZstdInputStreamNoFinalizer(new LastByteAlone(in)).setLongMax(Zstd.windowLogMax());
      case LZ4 -> new FramedLZ4CompressorInputStream(in, true);
      default -> throw new IllegalStateException("Cannot decompress " + this);
    };
  }
}
