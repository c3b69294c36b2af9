package io.kohaku.latent.npz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzLatentTest {
  /** Written by NumPy's savez: latents (i / 100 - 2) of a 128x64 bucket, image 600x300. */
  static byte[] byNumpy() throws IOException {
    try (InputStream in = NpzLatentTest.class.getResourceAsStream("/npz/7.npz")) {
      return in.readAllBytes();
    }
  }

  static NpzLatent parse(byte[] file) throws IOException {
    return NpzLatent.parse(file, (width, height) -> Optional.of(new Bucket(128, 96)));
  }

  private static void isUsual(NpzLatent latent) {
    assertThat(latent.bucket()).isEqualTo(new Bucket(128, 96));
    assertThat(latent.values()).hasSize(768);
    for (int i = 0; i < 768; i++) {
      // Exact: numbers of eleven bits.
      assertThat(latent.values()[i]).isEqualTo((float) NpzFiles.number(i));
    }
    assertThat(latent.originalWidth()).isEqualTo(128);
    assertThat(latent.originalHeight()).isEqualTo(96);
    assertThat(latent.box()).isEqualTo(new Placement.LetterBox(0, 0, 128, 96));
  }

  @Test
  void readsWhatNumpyWrites() throws IOException {
    NpzLatent latent = parse(byNumpy());
    assertThat(latent.bucket()).isEqualTo(new Bucket(128, 64));
    assertThat(latent.values()).hasSize(512);
    assertThat(latent.values()[200]).isEqualTo(200 / 100f - 2);
    assertThat(latent.originalWidth()).isEqualTo(600);
    assertThat(latent.originalHeight()).isEqualTo(300);
    assertThat(latent.box()).isEqualTo(new Placement.LetterBox(0, 0, 128, 64));
  }

  @Test
  void readsWhatItWrites() throws IOException {
    NpzLatent latent = parse(byNumpy());
    assertThat(parse(latent.toBytes())).usingRecursiveComparison().isEqualTo(latent);
    assertThat(latent.toBytes()).isEqualTo(latent.toBytes());
  }

  @ParameterizedTest
  @CsvSource({
    "<f4, <i8, <f8",
    "<f2, <i4, <f4",
    "<f8, <i2, <i8",
    ">f4, >i4, >f8",
    ">f2, >u2, >i4",
    ">f8, |u1, >f2",
    "=f4, <u8, <f8",
    "f4, <u4, <i2",
    "<f4, |i1, |u1"
  })
  void readsEveryTypeOfNumbers(String latents, String size, String box) throws IOException {
    for (boolean fortran : new boolean[] {false, true}) {
      double[] sides = size.equals("|i1") ? new double[] {127, 96} : new double[] {128, 96};
      NpzFiles file =
          NpzFiles.usual()
              .with("latents.npy", NpzFiles.latents(latents, fortran))
              .with("original_size.npy", NpzFiles.npy(size, "(2,)", NpzFiles.numbers(size, sides)))
              .with(
                  "crop_ltrb.npy", NpzFiles.npy(box, "(4,)", NpzFiles.numbers(box, 0, 0, 128, 96)));
      NpzLatent latent = parse(file.bytes());
      assertThat(latent.originalWidth()).isEqualTo((int) sides[0]);
      if (sides[0] == 128) {
        isUsual(latent);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 12, 16), }",
        "{\"shape\":(4,12,16),\"fortran_order\":False,\"descr\":\"<f4\"}",
        "  { 'shape' : ( 4L, 12L ,16L , ) ,\n 'descr':'<f4' , 'fortran_order':\tFalse } \n\n"
      })
  void readsEveryVersionAndSpacingOfHeaders(String header) throws IOException {
    byte[] numbers = NpzFiles.latents("<f4", false);
    byte[] data = Arrays.copyOfRange(numbers, numbers.length - 4 * 768, numbers.length);
    for (int version = 1; version <= 3; version++) {
      isUsual(
          parse(NpzFiles.usual().with("latents.npy", NpzFiles.npy(version, header, data)).bytes()));
    }
  }

  @Test
  void readsStoredAndDeflatedZipsOfEveryMake() throws IOException {
    for (Zip64Mode mode : Zip64Mode.values()) {
      for (int method : new int[] {ZipArchiveEntry.STORED, ZipArchiveEntry.DEFLATED}) {
        for (String ending : new String[] {"", ".npy"}) {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
            zip.setUseZip64(mode);
            for (Map.Entry<String, byte[]> entry : NpzFiles.usual().entries().entrySet()) {
              String name = entry.getKey().replace(".npy", ending);
              ZipArchiveEntry written = new ZipArchiveEntry(name);
              written.setMethod(method);
              if (method == ZipArchiveEntry.STORED) {
                CRC32 sum = new CRC32();
                sum.update(entry.getValue());
                written.setCrc(sum.getValue());
                written.setSize(entry.getValue().length);
              }
              zip.putArchiveEntry(written);
              zip.write(entry.getValue());
              zip.closeArchiveEntry();
            }
          }
          isUsual(parse(out.toByteArray()));
        }
      }
    }
  }

  /** As zip writers leave it that cannot go back in their output. */
  @Test
  void readsStoredArraysWhoseSizesStandInTheDirectoryAlone() throws IOException {
    byte[] file = parse(NpzFiles.usual().bytes()).toBytes();
    int entry = 0;
    ByteBuffer zip = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < file.length - 4; at++) {
      if (zip.getInt(at) == 0x04034b50) {
        zip.putShort(at + 6, (short) 8).putInt(at + 14, 0).putInt(at + 18, 0).putInt(at + 22, 0);
        entry++;
      } else if (zip.getInt(at) == 0x02014b50) {
        zip.putShort(at + 8, (short) 8);
      }
    }
    assertThat(entry).isEqualTo(3);
    isUsual(parse(file));
  }

  @Test
  void ofSeveralSizesTheBucketsOwnIsTaken() throws IOException {
    NpzFiles file =
        sized(sized(sized(new NpzFiles(), 16, 12), 12, 16), 20, 20)
            .with("latents_flipped_12x16.npy", new byte[3])
            .with("alpha_mask_12x16.npy", new byte[3]);
    isUsual(parse(file.bytes()));
    NpzLatent other = NpzLatent.parse(file.bytes(), (width, height) -> Optional.empty());
    assertThat(other.bucket()).as("the largest").isEqualTo(new Bucket(160, 160));
    byte[] plain = NpzFiles.latents("<f4", false);
    file.with("latents.npy", plain);
    file.with("original_size.npy", file.entries().get("original_size_12x16.npy"));
    file.with("crop_ltrb.npy", file.entries().get("crop_ltrb_12x16.npy"));
    isUsual(NpzLatent.parse(file.bytes(), (width, height) -> Optional.empty()));
    assertThatThrownBy(() -> parse(new NpzFiles().with("latents_12x16.npy", plain).bytes()))
        .hasMessage("no array original_size_12x16 (there are latents_12x16)");
    assertThatThrownBy(
            () -> parse(sized(new NpzFiles(), 16, 12).with("latents_16x12.npy", plain).bytes()))
        .hasMessage("latents_16x12 of another shape: [4, 12, 16]");
  }

  private static NpzFiles sized(NpzFiles file, int height, int width) {
    String size = "_" + height + "x" + width;
    byte[] numbers =
        height == 12
            ? NpzFiles.latents("<f4", false)
            : NpzFiles.npy(
                "<f4", "(4, %s, %s)".formatted(height, width), new byte[16 * height * width]);
    return file.with("latents" + size + ".npy", numbers)
        .with(
            "original_size" + size + ".npy",
            NpzFiles.npy("<i8", "(2,)", NpzFiles.numbers("<i8", 128, 96)))
        .with(
            "crop_ltrb" + size + ".npy",
            NpzFiles.npy("<i8", "(4,)", NpzFiles.numbers("<i8", 0, 0, 128, 96)));
  }
}
