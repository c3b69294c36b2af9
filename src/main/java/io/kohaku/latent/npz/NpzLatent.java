package io.kohaku.latent.npz;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.latent.LatentFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * One latent as sd-scripts caches it beside the image: {@code latents} of floats {@code [4, height
 * / 8, width / 8]}, not scaled; {@code original_size} {@code [width, height]}; {@code crop_ltrb}.
 *
 * <p>A file for several sizes has these keys with the latent's size behind them, such as {@code
 * latents_128x96} of 128 rows. Flipped latents and masks are not looked at.
 *
 * @param bucket the size that was encoded
 * @param values the latents
 * @param originalWidth pixels before resizing
 * @param originalHeight pixels before resizing
 * @param box the letter box
 */
record NpzLatent(
    Bucket bucket, float[] values, int originalWidth, int originalHeight, Placement.LetterBox box) {
  private static final String LATENTS = "latents";
  private static final String ORIGINAL_SIZE = "original_size";
  private static final String CROP = "crop_ltrb";
  private static final Pattern SIZED = Pattern.compile(LATENTS + "(|_(\\d{1,5})x(\\d{1,5}))");

  /** Pixels along a side that no image has. */
  private static final int LONGEST = 1 << 20;

  /** The bucket that an image of this size is brought to, if any. */
  @FunctionalInterface
  interface Usual {
    Optional<Bucket> bucket(int width, int height);
  }

  /**
   * What a file holds: of several sizes the one of the image's bucket, else the one without a size,
   * else the largest.
   *
   * @throws IOException saying why it cannot be used
   */
  static NpzLatent parse(byte[] file, Usual usual) throws IOException {
    try (NpzFile npz = NpzFile.open(file)) {
      SortedMap<Long, String> sizes = new TreeMap<>();
      for (String name : npz.names()) {
        Matcher sized = SIZED.matcher(name);
        if (sized.matches()) {
          sizes.put(rank(npz, sized, usual), sized.group(1));
        }
      }
      return of(npz, sizes.isEmpty() ? "" : sizes.get(sizes.lastKey()));
    }
  }

  /** The greater the better. */
  private static long rank(NpzFile npz, Matcher sized, Usual usual) {
    if (sized.group(1).isEmpty()) {
      return Long.MAX_VALUE - 1;
    }
    int height = Integer.parseInt(sized.group(2));
    int width = Integer.parseInt(sized.group(3));
    try {
      int[] original = originalSize(npz, sized.group(1));
      Bucket bucket = new Bucket(width * LatentFormat.REDUCTION, height * LatentFormat.REDUCTION);
      if (usual.bucket(original[0], original[1]).equals(Optional.of(bucket))) {
        return Long.MAX_VALUE;
      }
    } catch (IOException e) {
      return -1; // Taken only if there is no other, to say what is wrong with it.
    }
    // Of as many pixels the wider.
    return ((long) height * width << 20) + width;
  }

  private static NpzLatent of(NpzFile npz, String suffix) throws IOException {
    NumpyArray latents = npz.array(LATENTS + suffix);
    int[] shape = latents.shape();
    String shown = Arrays.toString(shape);
    if (shape.length != 3 || shape[0] != LatentFormat.CHANNELS) {
      throw new IOException(
          "%s%s of shape %s instead of [%s, height / 8, width / 8]"
              .formatted(LATENTS, suffix, shown, LatentFormat.CHANNELS));
    } else if (shape[1] == 0 || shape[2] == 0) {
      throw new IOException(LATENTS + suffix + " of no pixels: " + shown);
    } else if (!suffix.isEmpty() && !suffix.equals("_" + shape[1] + "x" + shape[2])) {
      throw new IOException(LATENTS + suffix + " of another shape: " + shown);
    } else if (!latents.type().isFloat()) {
      throw new IOException(
          LATENTS + suffix + " of type " + latents.type().descr() + " instead of floats");
    }
    int[] original = originalSize(npz, suffix);
    double[] box = numbers(npz, CROP + suffix, 4);
    return new NpzLatent(
        new Bucket(shape[2] * LatentFormat.REDUCTION, shape[1] * LatentFormat.REDUCTION),
        latents.floats(),
        original[0],
        original[1],
        new Placement.LetterBox(box[0], box[1], box[2], box[3]));
  }

  private static int[] originalSize(NpzFile npz, String suffix) throws IOException {
    String name = ORIGINAL_SIZE + suffix;
    double[] size = numbers(npz, name, 2);
    for (double side : size) {
      if (!(side >= 1 && side <= LONGEST && side == Math.rint(side))) {
        throw new IOException("%s of %s x %s pixels".formatted(name, size[0], size[1]));
      }
    }
    return new int[] {(int) size[0], (int) size[1]};
  }

  private static double[] numbers(NpzFile npz, String name, int count) throws IOException {
    NumpyArray array = npz.array(name);
    if (!Arrays.equals(array.shape(), new int[] {count})) {
      throw new IOException(
          "%s of shape %s instead of [%s]".formatted(name, Arrays.toString(array.shape()), count));
    }
    return array.doubles();
  }

  /**
   * Whether the box is the one that its sizes ask for; what it ends at may have been cut to whole
   * pixels.
   */
  boolean isLetterBox(Placement.LetterBox usual) {
    return box.left() == usual.left()
        && box.top() == usual.top()
        && Math.abs(box.right() - usual.right()) < 1
        && Math.abs(box.bottom() - usual.bottom()) < 1;
  }

  /** The file's bytes, the same ones for the same latent. */
  byte[] toBytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      int[] shape = {
        LatentFormat.CHANNELS,
        bucket.height() / LatentFormat.REDUCTION,
        bucket.width() / LatentFormat.REDUCTION
      };
      store(zip, LATENTS, NumpyArray.floats(shape, values));
      store(zip, ORIGINAL_SIZE, NumpyArray.longs(originalWidth, originalHeight));
      store(zip, CROP, NumpyArray.doubles(box.left(), box.top(), box.right(), box.bottom()));
    }
    return out.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, NumpyArray array) throws IOException {
    byte[] bytes = array.toBytes();
    CRC32 sum = new CRC32();
    sum.update(bytes);
    ZipEntry entry = new ZipEntry(name + NpzFile.ENDING);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    entry.setTime(315_532_800_000L); // 1980, the first time that a zip knows.
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}
