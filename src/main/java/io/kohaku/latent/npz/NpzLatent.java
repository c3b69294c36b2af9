package io.kohaku.latent.npz;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.latent.LatentFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * One latent as sd-scripts caches it beside the image: {@code latents} float32 {@code [4, height /
 * 8, width / 8]}, not scaled; {@code original_size} {@code [width, height]}; {@code crop_ltrb}.
 *
 * @param bucket the size that was encoded
 * @param values the latents
 * @param originalWidth pixels before resizing
 * @param originalHeight pixels before resizing
 * @param box the letter box
 */
record NpzLatent(
    Bucket bucket, float[] values, int originalWidth, int originalHeight, Placement.LetterBox box) {

  static NpzLatent parse(byte[] file) throws IOException {
    Map<String, NumpyArray> arrays = new HashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().matches("(latents|original_size|crop_ltrb)\\.npy")) {
          arrays.put(entry.getName(), NumpyArray.parse(zip.readAllBytes()));
        }
      }
    }
    NumpyArray latents = array(arrays, "latents", 3);
    int[] shape = latents.shape();
    long[] size = array(arrays, "original_size", 1).longs();
    double[] box = array(arrays, "crop_ltrb", 1).doubles();
    if (shape[0] != LatentFormat.CHANNELS || size.length != 2 || box.length != 4) {
      throw new IOException("arrays of the wrong shape");
    }
    return new NpzLatent(
        new Bucket(shape[2] * LatentFormat.REDUCTION, shape[1] * LatentFormat.REDUCTION),
        latents.floats(),
        Math.toIntExact(size[0]),
        Math.toIntExact(size[1]),
        new Placement.LetterBox(box[0], box[1], box[2], box[3]));
  }

  private static NumpyArray array(Map<String, NumpyArray> arrays, String name, int dimensions)
      throws IOException {
    NumpyArray array = arrays.get(name + ".npy");
    if (array == null || array.shape().length != dimensions) {
      throw new IOException("no array " + name + " of " + dimensions + " dimensions");
    }
    return array;
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
      store(zip, "latents.npy", NumpyArray.floats(shape, values));
      store(zip, "original_size.npy", NumpyArray.longs(originalWidth, originalHeight));
      store(
          zip,
          "crop_ltrb.npy",
          NumpyArray.doubles(box.left(), box.top(), box.right(), box.bottom()));
    }
    return out.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, NumpyArray array) throws IOException {
    byte[] bytes = array.toBytes();
    CRC32 sum = new CRC32();
    sum.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    entry.setTime(315_532_800_000L); // 1980, the first time that a zip knows.
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}
